namespace TorchSharp.Tests.Surface;

/// <summary>official-api.txt lists signatures of the official TorchSharp; the stand-in must have exactly those.</summary>
public sealed class OfficialApiTests
{
    static readonly SortedSet<string> Official = new(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official-api.txt")).Where(line => line.Length > 0 && !line.StartsWith('#')), StringComparer.Ordinal);

    [Fact]
    public void Assembly_EveryVisibleMember_IsOfficial() =>
        Assert.Empty(PublicSurface.Of(typeof(torch).Assembly).Except(Official));

    [Fact]
    public void OfficialList_EveryLine_IsInTheAssembly() =>
        Assert.Empty(Official.Except(PublicSurface.Of(typeof(torch).Assembly)));

    [Fact]
    public void OfficialList_HasTheTypesThatTheClientNeeds_Listed()
    {
        string[] needed = ["class TorchSharp.torch.Tensor", "class TorchSharp.Modules.AdamW : TorchSharp.Modules.OptimizerHelper", "class TorchSharp.DisposeScope"];
        Assert.Equal(needed.Order(StringComparer.Ordinal), needed.Where(Official.Contains).Order(StringComparer.Ordinal));
    }
}
