using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Peft;
using Federated.Formats.Tests.Safetensors;
using Federated.Formats.Tests.Shared;

namespace Federated.Formats.Tests.Peft;

public sealed class PeftFolderTests
{
    static AdapterTensors Version(bool rsLora = false)
    {
        TensorGroup Lora(string path, int m, int n, double alpha) => new(path, new Site(SiteKind.Linear, path), Algebra.Product,
            [new($"base_model.model.{path}.lora_A.weight", "lora_A", [Axis.Rank, n]), new($"base_model.model.{path}.lora_B.weight", "lora_B", [m, Axis.Rank])])
        { Product = new ProductForm("lora_B", "lora_A", alpha, rsLora) };
        var head = new TensorGroup("classifier", new Site(SiteKind.Head, "classifier"), Algebra.Affine,
            [new("base_model.model.classifier.weight", "weight", [2, 5]), new("base_model.model.classifier.bias", "bias", [2])]);
        var schema = new AdapterSchema(new string('0', 64), "vit", 4, [Lora("l.0.query", 6, 5, 8), Lora("l.1.query", 4, 3, 12), head], "base/name");
        var plan = new AdapterPlan(0, new Dictionary<string, GroupPlan> { ["l.0.query"] = new(Rank: 2), ["l.1.query"] = new(Rank: 3), ["classifier"] = new() });
        var layout = AdapterLayout.Of(schema, plan);
        return new AdapterTensors(layout, [.. Enumerable.Range(0, (int)layout.TotalElements).Select(i => MathF.Sin(i + 1))]);
    }

    static double[] Product(AdapterTensors v, int group, IEnumerable<OffsetFactor> offsets)
    {
        var g = v.Layout.Groups[group];
        var (a, b, scale) = (g.Find("lora_A")!, g.Find("lora_B")!, g.Group.Product!.Scale(g.Rank));
        var (m, n) = (b.Shape[0], a.Shape[1]);
        var product = new double[m * n];
        void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int rank, double s)
        {
            for (var i = 0; i < m * n; i++)
            {
                for (var r = 0; r < rank; r++)
                    product[i] += s * left[i / n * rank + r] * right[r * n + i % n];
            }
        }
        Add(v[b], v[a], g.Rank, scale);
        foreach (var offset in offsets.Where(o => o.Group == g.Group.Name))
            Add(offset.Left, offset.Right, offset.Rank, offset.Scale);
        return product;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_WithOffsets_LoadsToSameEffectiveDeltaInTorch(bool rsLora)
    {
        Assert.SkipUnless(Python.HasTorch, "python3-torch is not installed.");
        var version = Version(rsLora);
        OffsetFactor[] offsets =
        [
            new("l.0.query", 1, [1, 2, 3, 4, 5, 6], [1, -1, 2, -2, 0.5f], 0.3),
            new("l.0.query", 2, [.. Enumerable.Range(0, 12).Select(i => i * 0.1f)], [.. Enumerable.Range(0, 10).Select(i => 1 - i * 0.2f)], -1),
        ];
        using var folder = new TemporaryFolder();
        PeftExport.Of(version, offsets).Write(folder.Path);
        var shown = SafetensorsPeerTests.Shown(Python.Output(Path.Combine(AppContext.BaseDirectory, "Safetensors", "safetensors_peer.py"), "peft", folder.Path));
        foreach (var (group, name) in new[] { (0, "l.0.query"), (1, "l.1.query") })
        {
            var expected = Product(version, group, offsets);
            Assert.All(shown[name].Values.Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-6 * (1 + Math.Abs(p.Second))));
        }
    }

    [Fact]
    public void Import_OfExport_GivesSameValuesRanksAndScales()
    {
        var version = Version();
        using var folder = new TemporaryFolder();
        PeftExport.Of(version).Write(folder.Path);
        var read = PeftImport.Of(PeftFolder.Read(folder.Path), new string('0', 64), "vit");
        foreach (var tensor in version.Layout.Tensors)
            Assert.Equal(version[tensor].ToArray(), read[read.Layout.Find(tensor.Name)!].ToArray());
        Assert.Equal([4.0, 4.0], read.Layout.Groups.Where(g => g.Group.Product is not null).OrderBy(g => g.Group.Name, StringComparer.Ordinal).Select(g => g.Group.Product!.Scale(g.Rank)));
    }

    [Fact]
    public void Write_Twice_GivesSameBytes()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        PeftExport.Of(Version()).Write(one.Path);
        PeftExport.Of(Version()).Write(two.Path);
        foreach (var name in new[] { PeftFolder.ConfigFile, PeftFolder.TensorsFile })
            Assert.Equal(File.ReadAllBytes(one.File(name)), File.ReadAllBytes(two.File(name)));
    }

    [Theory]
    [InlineData("\"peft_type\":\"LORA\"", "\"peft_type\":\"IA3\"", "peft_type is 'IA3'; LORA")]
    [InlineData("\"bias\":\"none\"", "\"bias\":\"all\"", "bias is \"all\"")]
    [InlineData("\"use_rslora\":false", "\"use_dora\":true", "use_dora is true")]
    [InlineData("\"fan_in_fan_out\":false", "\"fan_in_fan_out\":true", "fan_in_fan_out is true")]
    [InlineData("\"r\":2", "\"r\":0", "r is 0; 1 to 65536")]
    public void Read_ConfigThatMeansSomethingElse_IsRefused(string part, string replacement, string message)
    {
        using var folder = new TemporaryFolder();
        PeftExport.Of(Version()).Write(folder.Path);
        var config = File.ReadAllText(folder.File(PeftFolder.ConfigFile));
        Assert.Contains(part, config);
        File.WriteAllText(folder.File(PeftFolder.ConfigFile), config.Replace(part, replacement));
        Assert.Contains(message, Assert.Throws<FormatException>(() => PeftFolder.Read(folder.Path)).Message);
    }

    [Fact]
    public void Import_HalfAPair_IsRefusedByName()
    {
        var folder = PeftExport.Of(Version());
        foreach (var missing in new[] { "base_model.model.l.0.query.lora_A.weight", "base_model.model.l.0.query.lora_B.weight" })
        {
            var half = folder with { Tensors = [.. folder.Tensors.Where(t => t.Name != missing)] };
            Assert.Contains(missing, Assert.Throws<FormatException>(() => PeftImport.Of(half, new string('0', 64), "vit")).Message);
        }
    }
}
