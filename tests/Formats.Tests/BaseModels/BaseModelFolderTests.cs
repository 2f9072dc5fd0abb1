using System.Security.Cryptography;
using System.Text;
using Federated.Formats.BaseModels;
using Federated.Formats.Safetensors;
using Federated.Formats.Tests.Shared;

namespace Federated.Formats.Tests.BaseModels;

public sealed class BaseModelFolderTests
{
    static readonly TensorContent[] Tensors = [TensorContent.Singles("a.weight", [2, 2], [1, 2, 3, 4]), TensorContent.Singles("b.bias", [3], [5, 6, 7])];

    static void Write(TemporaryFolder folder, string name, params TensorContent[] tensors)
    {
        using var stream = File.Create(folder.File(name));
        SafetensorsWriter.Write(stream, tensors);
    }

    static TemporaryFolder Single(string config = """{"model_type":"vit","hidden_size":64}""")
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), config);
        Write(folder, "model.safetensors", Tensors);
        return folder;
    }

    static TemporaryFolder Sharded(string bFile = "model-2.safetensors")
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), """{ "hidden_size": 64, "model_type": "vit" }""");
        Write(folder, "model-1.safetensors", Tensors[0]);
        Write(folder, "model-2.safetensors", Tensors[1]);
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$"""{"metadata":{"total_size":28},"weight_map":{"a.weight":"model-1.safetensors","b.bias":"{{bFile}}"} }""");
        return folder;
    }

    static string Digest(TemporaryFolder folder, string? cache = null)
    {
        using var model = BaseModelFolder.Open(folder.Path);
        return BaseDigest.Of(model, cache);
    }

    [Fact]
    public void BaseDigest_IsTheDocumentedHashAndIgnoresSharding()
    {
        using var single = Single();
        using var sharded = Sharded();
        static string Sha(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var lines = $"a.weight F32 2x2 {Sha(Tensors[0].Bytes)}\nb.bias F32 3 {Sha(Tensors[1].Bytes)}\nconfig.json {Sha("""{"hidden_size":64,"model_type":"vit"}"""u8.ToArray())}\n";
        Assert.Equal(Sha(Encoding.UTF8.GetBytes(lines)), Digest(single));
        Assert.Equal(Digest(single), Digest(sharded));
        File.WriteAllText(single.File("tokenizer.json"), "{}");
        Assert.NotEqual(Digest(sharded), Digest(single));
    }

    [Fact]
    public void BaseDigest_WithCache_ReadsItUntilAFileChanges()
    {
        using var folder = Single();
        var cache = folder.File("cache");
        var first = Digest(folder, cache);
        var file = Assert.Single(Directory.GetFiles(cache));
        // A marked cache entry shows that it is read and not computed again.
        File.WriteAllText(file, File.ReadAllText(file)[..^64] + new string('c', 64));
        Assert.Equal(new string('c', 64), Digest(folder, cache));
        Write(folder, "model.safetensors", Tensors[0]);
        var changed = Digest(folder, cache);
        Assert.NotEqual(first, changed);
        Assert.NotEqual(new string('c', 64), changed);
        File.WriteAllText(file, "damaged");
        Assert.Equal(changed, Digest(folder, cache));
    }

    [Fact]
    public void ReadSingles_ShardedModel_FindsTheTensor()
    {
        using var folder = Sharded();
        using var model = BaseModelFolder.Open(folder.Path);
        Assert.Equal([5f, 6, 7], model.ReadSingles("b.bias"));
        Assert.Contains("no tensor 'c'", Assert.Throws<FormatException>(() => model.ReadSingles("c")).Message);
    }

    [Theory]
    [InlineData("../model-2.safetensors", "plain name")]
    [InlineData("model-2.bin", "plain name")]
    [InlineData("model-3.safetensors", "has no model-3.safetensors")]
    [InlineData("model-1.safetensors", "it does not")]
    public void Open_BadIndex_IsRefused(string file, string message)
    {
        using var folder = Sharded(file);
        Assert.Contains(message, Assert.Throws<FormatException>(() => BaseModelFolder.Open(folder.Path)).Message);
    }

    [Fact]
    public void Open_MissingOrBrokenFiles_NameTheFileAndNotItsFolder()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("The base model's folder has no config.json.", Assert.Throws<FormatException>(() => BaseModelFolder.Open(folder.Path)).Message);
        File.WriteAllText(folder.File("config.json"), "{");
        Assert.Contains("config.json is no valid JSON", Assert.Throws<FormatException>(() => BaseModelFolder.Open(folder.Path)).Message);
        File.WriteAllText(folder.File("config.json"), "{}");
        Assert.Equal("The base model's folder has no model.safetensors.", Assert.Throws<FormatException>(() => BaseModelFolder.Open(folder.Path)).Message);
        File.WriteAllBytes(folder.File("model.safetensors"), []);
        Assert.DoesNotContain(folder.Path, Assert.Throws<FormatException>(() => BaseModelFolder.Open(folder.Path)).Message);
    }
}
