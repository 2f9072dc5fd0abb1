using System.Globalization;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Models;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Adapters;

/// <summary>FedPEFT's table of communication for ViT-B/16 with 100 classes: its two published numbers, and the rest by arithmetic.</summary>
public sealed class FedPeftTests(FedPeftTests.VitBase model) : IClassFixture<FedPeftTests.VitBase>
{
    [Theory]
    [InlineData("fedpeft-full", "", 85_875_556, "327.6")]
    [InlineData("fedpeft-head", "", 76_900, "0.293")]
    [InlineData("fedpeft-bias", "", 179_812, "0.686")]
    [InlineData("fedpeft-adapter", "m=8", 233_668, "0.891")]
    [InlineData("fedpeft-prompt", "m=10", 169_060, "0.645")]
    [InlineData("fedpeft-lora", "r=8 targets=query,value", 371_812, "1.418")]
    [InlineData("fedpeft-lora", "r=16 targets=query,key,value,attention.output.dense", 1_256_548, "4.793")]
    public void Account_VitBaseWithHundredClasses_IsThePublishedTable(string set, string options, long scalars, string mebibytes)
    {
        var account = ByteAccount.Of(Schema(set, options));
        Assert.Equal((scalars, 4 * scalars), (account.Scalars, account.Bytes));
        Assert.Equal(mebibytes, account.Mebibytes.ToString($"F{mebibytes.Length - mebibytes.IndexOf('.') - 1}", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Sets_EveryName_IsAStrategyOfThatName() =>
        Assert.Equal(TensorSets.Names, StrategyCatalog.Default.Bundles.Select(b => b.Name).Where(n => n.StartsWith("fedpeft-", StringComparison.Ordinal)));

    [Theory]
    [InlineData(TensorEncoding.BF16, 2)]
    [InlineData(TensorEncoding.F16, 2)]
    public void Account_HalfEncodings_AreHalfAsLargeButForOneExponentATensor(TensorEncoding encoding, int each)
    {
        var layout = Schema("fedpeft-bias", "");
        var exponents = encoding == TensorEncoding.F16 ? 4 * layout.Trained().Tensors.Count : 0;
        Assert.Equal(each * 179_812 + exponents, ByteAccount.Of(layout, encoding).Bytes);
    }

    AdapterLayout Schema(string set, string options)
    {
        var pairs = options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=')).ToDictionary(o => o[0], o => o[1]);
        var (schema, plan) = AdapterInitializer.Describe(model.Model, new AdapterRequest { Method = set, Options = pairs });
        return AdapterLayout.Of(schema, plan);
    }

    /// <summary>The model's shapes; its values are all zero.</summary>
    public sealed class VitBase : IDisposable
    {
        public VitModel Model { get; } = VitModel.Create(
            new VitConfig { Labels = [.. Enumerable.Range(0, 100).Select(i => $"{i}")] }, new Zeros(), new string('0', 64));

        public void Dispose() => Model.Dispose();

        sealed class Zeros : IWeightSource
        {
            public float[] Read(string name, params ReadOnlySpan<long> shape)
            {
                var size = 1L;
                foreach (var axis in shape)
                    size *= axis;
                return new float[size];
            }
        }
    }
}
