using Federated.Aggregators.Adapters;
using Federated.Client.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Formats.Peft;

namespace Federated.Client.Tests.Adapters;

public sealed class PublishedAdapterTests : IDisposable
{
    const string Targets = "query,key,value,attention.output.dense,intermediate.dense,output.dense";

    readonly TestFolder _folder = new();
    readonly VitModel _model;

    public PublishedAdapterTests() => _model = SmallVit.Load(_folder["base"]);

    [Theory]
    [InlineData("frozen", "false")]
    [InlineData("trained", "false")]
    [InlineData("trained", "true")]
    public async Task Attach_PublishedFolder_SameLogitsHereAndInPython(string head, string rslora)
    {
        var values = RandomVersion(new() { ["r"] = "3", ["alpha"] = "6", ["targets"] = Targets, ["head"] = head, ["rslora"] = rslora });
        PeftExport.Of(values).Write(_folder["adapter"]);
        double[] before;
        using (var attached = AttachedAdapter.Attach(_model, values.Layout))
        {
            attached.Import(values);
            before = Logits.Of(_model, Pixels());
        }

        using var reloaded = PublishedAdapter.Attach(_model, _folder["adapter"]);
        Assert.Equal(before, Logits.Of(_model, Pixels()));
        var (ours, theirs) = await Logits.CompareAsync(_model, _folder, _folder["base"], _folder["adapter"]);
        Logits.AssertClose(theirs, ours, 1e-5);
    }

    [Fact]
    public void Attach_NoFolder_RefusesNamingIt()
    {
        var fault = Assert.Throws<ClientFault>(() => PublishedAdapter.Attach(_model, _folder["nowhere"]));
        Assert.Equal("F521", fault.Code);
        Assert.Contains("nowhere", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_AdapterOfAnotherBase_Refuses()
    {
        var values = RandomVersion(new() { ["r"] = "2" });
        using var other = SmallVit.Load(_folder["other"], seed: 99);
        var fault = Assert.Throws<ClientFault>(() => AttachedAdapter.Attach(other, values.Layout));
        Assert.Contains(other.BaseDigest, fault.Message, StringComparison.Ordinal);
        Assert.Contains(_model.BaseDigest, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundle_WriteThenRead_SameSchemaPlanAndBits()
    {
        var bundle = AdapterInitializer.Create(_model, new AdapterRequest { Options = new Dictionary<string, string> { ["head"] = "trained" } });
        bundle.Write(_folder["bundle"]);
        var read = AdapterBundle.Read(_folder["bundle"]);
        Assert.Equal(bundle.Schema.Digest, read.Schema.Digest);
        Assert.Equal(bundle.Plan.ToJson(), read.Plan.ToJson());
        Assert.Equal(bundle.Version0.Bytes.ToArray(), read.Version0.Bytes.ToArray());
    }

    [Theory]
    [InlineData("r", "0")]
    [InlineData("alpha", "-1")]
    [InlineData("rank", "8")]
    [InlineData("targets", "nothing")]
    [InlineData("targets", "uery")]
    [InlineData("head", "maybe")]
    public void Create_WrongOption_RefusesNamingKeyAndValue(string key, string value)
    {
        var fault = Assert.Throws<ClientFault>(() => AdapterInitializer.Create(_model, new AdapterRequest { Options = new Dictionary<string, string> { [key] = value } }));
        Assert.Equal("F522", fault.Code);
        Assert.Contains(key == "targets" ? value : key, fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    AdapterTensors RandomVersion(Dictionary<string, string> options)
    {
        var layout = AdapterInitializer.Create(_model, new AdapterRequest { Options = options }).Version0.Layout;
        var random = new Random(29);
        return new AdapterTensors(layout, [.. Enumerable.Range(0, (int)layout.TotalElements).Select(_ => (float)(random.NextDouble() - 0.5))]);
    }

    float[] Pixels() => [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i))];
}
