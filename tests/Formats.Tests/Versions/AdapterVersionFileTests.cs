using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Federated.Formats.Tests.Versions;

public sealed class AdapterVersionFileTests
{
    static readonly AdapterSchema Schema = new(new string('0', 64), "vit", 4,
    [
        new TensorGroup("a/b", new Site(SiteKind.Linear, "a"), Algebra.Product, [new("x.lora_A", "A", [Axis.Rank, 3]), new("x.lora_B", "B", [2, Axis.Rank])])
        { Product = new ProductForm("B", "A", 8, false) },
        new TensorGroup("head", new Site(SiteKind.Head, "head"), Algebra.Affine, [new("head.weight", "weight", [5])]),
    ]);

    static readonly AdapterLayout Layout = AdapterLayout.Of(Schema, AdapterPlan.Uniform(Schema, 2));

    static AdapterVersion Version() => new(new AdapterTensors(Layout, [.. Enumerable.Range(0, 15).Select(i => i / 3f)]),
        [new("a/b", 1, [1, 2], [3, 4, 5], 0.1), new("a/b", 2, [1, 2, 3, 4], [5, 6, 7, 8, 9, 10], -4)]);

    static SafetensorsFile File(AdapterVersion version)
    {
        var stream = new MemoryStream();
        AdapterVersionFile.Write(stream, version);
        return new SafetensorsFile(new MemorySpanSource(stream.ToArray()), "version");
    }

    [Fact]
    public void Read_OfWritten_GivesSameVersion()
    {
        var (expected, actual) = (Version(), AdapterVersionFile.Read(File(Version()), Layout));
        Assert.Equal(expected.Tensors.Values.ToArray(), actual.Tensors.Values.ToArray());
        Assert.Equal(expected.Offsets.Select(o => (o.Group, o.Rank, o.Scale)), actual.Offsets.Select(o => (o.Group, o.Rank, o.Scale)));
        Assert.Equal(expected.Offsets.SelectMany(o => o.Left.Concat(o.Right)), actual.Offsets.SelectMany(o => o.Left.Concat(o.Right)));
    }

    [Fact]
    public void Read_FileOfAnotherLayout_NamesTheTensor()
    {
        var wide = AdapterLayout.Of(Schema, AdapterPlan.Uniform(Schema, 3));
        Assert.Contains("'x.lora_A' is F32 [2, 3]; F32 [3, 3]", Assert.Throws<FormatException>(() => AdapterVersionFile.Read(File(Version()), wide)).Message);
        var stray = Version() with { Offsets = [new("head", 1, [1, 2], [3, 4, 5], 1)] };
        Assert.Contains("belongs to no product group", Assert.Throws<FormatException>(() => AdapterVersionFile.Read(File(stray), Layout)).Message);
        var misshapen = Version() with { Offsets = [new("a/b", 1, [1, 2, 3], [3, 4, 5], 1)] };
        Assert.Contains("/left' is F32 [3, 1]; F32 [2, 1]", Assert.Throws<FormatException>(() => AdapterVersionFile.Read(File(misshapen), Layout)).Message);
    }

    [Fact]
    public void Offset_WrittenAndRead_IsTheSame()
    {
        var offset = Version().Offsets[1];
        var read = OffsetFile.Read(new MemorySpanSource(OffsetFile.Write(offset)), Layout.Groups[0]);
        Assert.Equal((offset.Group, offset.Rank, offset.Scale), (read.Group, read.Rank, read.Scale));
        Assert.Equal(offset.Left.Concat(offset.Right), read.Left.Concat(read.Right));
    }

    [Fact]
    public void Offset_ThatDoesNotFit_NamesTheTensor()
    {
        string Refusal(OffsetFactor offset, int group = 0) => Assert.Throws<FormatException>(() => OffsetFile.Read(new MemorySpanSource(OffsetFile.Write(offset)), Layout.Groups[group])).Message;
        Assert.Contains("is no product", Refusal(Version().Offsets[0], group: 1));
        Assert.Contains("'left' of the offset of group 'a/b' is F32 [3, 1]; F32 [2, 1]", Refusal(new("a/b", 1, [1, 2, 3], [3, 4, 5], 1)));
        Assert.Contains("'right' of the offset of group 'a/b' is F32 [1, 2]; F32 [1, 3]", Refusal(new("a/b", 1, [1, 2], [3, 4], 1)));
        Assert.Contains("not finite", Refusal(new("a/b", 1, [1, float.NaN], [3, 4, 5], 1)));
        Assert.Contains("not finite", Refusal(new("a/b", 1, [1, 2], [3, 4, 5], double.PositiveInfinity)));
    }

    [Fact]
    public void State_WrittenAndRead_IsTheSame()
    {
        var stream = new MemoryStream();
        StrategyStateFile.Write(stream, new StrategyState([KeyValuePair.Create("optimiser/b", new[] { 1f, 2 }), KeyValuePair.Create("optimiser/a", new[] { 3f })]));
        var read = StrategyStateFile.Read(new SafetensorsFile(new MemorySpanSource(stream.ToArray()), "state"));
        Assert.Equal(["optimiser/a", "optimiser/b"], read.Tensors.Select(t => t.Key));
        Assert.Equal([1f, 2], read["optimiser/b"].ToArray());
    }
}
