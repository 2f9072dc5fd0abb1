using System.Text.Json;
using Federated.Client.Faults;
using Federated.Client.Models.Gpt2;
using Federated.Client.Tests.Support;
using Federated.Formats.Safetensors;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Models;

/// <summary>The forward pass against a PyTorch implementation that shares no code with ours.</summary>
public sealed class Gpt2OracleTests : IDisposable
{
    static readonly long[][] Texts = [[3, 14, 15, 9, 26, 5, 35], [0, 39, 1, 1, 1, 20, 7]];

    readonly TestFolder _folder = new();

    [Theory]
    [InlineData("gelu_new")]
    [InlineData("gelu")]
    [InlineData("relu")]
    public async Task Forward_RandomWeightsAndTexts_EqualsPyTorch(string activation)
    {
        using var model = SmallGpt2.Load(_folder["base"], SmallGpt2.Config(activation));
        var script = Path.Combine(Repository.Root, "tests", "Client.Tests", "Models", "gpt2_logits.py");
        var printed = await Python.RunAsync(script, "--base", _folder["base"], "--ids", JsonSerializer.Serialize(Texts));
        var theirs = JsonSerializer.Deserialize<double[][]>(printed)!.SelectMany(r => r).ToArray();
        using var ids = tensor([.. Texts.SelectMany(t => t)], [2, 7]);
        Logits.AssertClose(theirs, [.. SmallModels.Forward(model, ids).Select(v => (double)v)], 1e-5);
    }

    [Fact]
    public void Forward_LaterTokensChanged_EarlierLogitsKeepTheirBits()
    {
        using var model = SmallGpt2.Load(_folder["base"]);
        using var one = tensor(Texts[0], [1, 7]);
        using var other = tensor([.. Texts[0][..5], 11, 12], [1, 7]);
        var seen = 5 * model.Config.Vocabulary;
        Assert.Equal(SmallModels.Forward(model, one)[..seen], SmallModels.Forward(model, other)[..seen]);
        Assert.NotEqual(SmallModels.Forward(model, one), SmallModels.Forward(model, other));
    }

    [Fact]
    public void Load_NamesWithoutThePrefix_AsOpenAiPublishedThem()
    {
        using var model = SmallGpt2.Load(_folder["base"]);
        Directory.CreateDirectory(_folder["bare"]);
        File.Copy(_folder["base/config.json"], _folder["bare/config.json"]);
        using (var file = SafetensorsFile.Open(_folder["base/model.safetensors"]))
        using (var stream = File.Create(_folder["bare/model.safetensors"]))
            SafetensorsWriter.Write(stream, file.Tensors.Select(t => TensorContent.Singles(t.Name["transformer.".Length..], t.Shape, file.ReadSingles(t))));
        using var bare = Gpt2Model.Load(_folder["bare"]);
        using var ids = tensor(Texts[0], [1, 7]);
        Assert.Equal(SmallModels.Forward(model, ids), SmallModels.Forward(bare, ids));
    }

    [Fact]
    public void Save_ThenLoad_SameBitsAndSameDigest()
    {
        using var model = SmallGpt2.Load(_folder["one"]);
        model.Save(_folder["two"]);
        using var again = Gpt2Model.Load(_folder["two"]);
        Assert.Equal(model.BaseDigest, again.BaseDigest);
        Assert.Equal(File.ReadAllBytes(_folder["one/model.safetensors"]), File.ReadAllBytes(_folder["two/model.safetensors"]));
    }

    [Theory]
    [InlineData("{\"model_type\":\"gpt2\",\"n_embd\":10,\"n_head\":3}", "does not divide")]
    [InlineData("{\"model_type\":\"gpt2\",\"tie_word_embeddings\":false}", "tie_word_embeddings")]
    [InlineData("{\"model_type\":\"gpt2\",\"activation_function\":\"swish\"}", "swish")]
    [InlineData("{\"model_type\":\"gpt2\",\"vocab_size\":0}", "vocab_size")]
    public void Load_ConfigThatIsNotComputedHere_OneSentence(string config, string named)
    {
        Directory.CreateDirectory(_folder["wrong"]);
        File.WriteAllText(_folder["wrong/config.json"], config);
        var fault = Assert.Throws<ClientFault>(() => Gpt2Model.Load(_folder["wrong"]));
        Assert.Equal("F520", fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_ManyTimes_LeavesNoTensors()
    {
        using var model = SmallGpt2.Load(_folder["base"]);
        using var ids = tensor(Texts[0], [1, 7]);
        model.Forward(ids).Dispose();
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 10; i++)
            model.Forward(ids).Dispose();
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    public void Dispose() => _folder.Dispose();
}
