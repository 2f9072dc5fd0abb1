using System.Text.Json;
using Federated.Client.Models.Vit;
using Federated.Client.Tests.Support;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Models;

/// <summary>The forward pass against a PyTorch implementation that shares no code with ours.</summary>
public sealed class VitOracleTests
{
    [Theory]
    [InlineData("relu", true, 1)]
    [InlineData("gelu", true, 3)]
    [InlineData("gelu", false, 1)]
    public async Task Forward_RandomWeightsAndImages_EqualsPyTorch(string activation, bool qkvBias, int channels)
    {
        using var folder = new TestFolder();
        using var model = SmallVit.Load(folder["base"], SmallVit.Config(activation, qkvBias, channels));

        var (ours, theirs) = await Logits.CompareAsync(model, folder, folder["base"], null);

        Logits.AssertClose(theirs, ours, 1e-5);
    }

    [Fact]
    public void Save_ThenLoad_SameBitsAndSameDigest()
    {
        using var folder = new TestFolder();
        using var model = SmallVit.Load(folder["one"]);
        model.Save(folder["two"]);
        using var again = VitModel.Load(folder["two"]);

        Assert.Equal(model.BaseDigest, again.BaseDigest);
        Assert.Equal(File.ReadAllBytes(folder["one/model.safetensors"]), File.ReadAllBytes(folder["two/model.safetensors"]));
    }

    [Fact]
    public void Forward_ManyTimes_LeavesNoTensors()
    {
        using var folder = new TestFolder();
        using var model = SmallVit.Load(folder["base"]);
        using var images = zeros(2, 1, 8, 8);
        model.Forward(images).Dispose();
        var before = LiveTensors();
        for (var i = 0; i < 10; i++)
            model.Forward(images).Dispose();
        Assert.Equal(before, LiveTensors());
    }

    static long LiveTensors() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
}
