using static TorchSharp.torch;

namespace TorchSharp.Tests.Tensors;

public sealed class RandomTests : IDisposable
{
    readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ManualSeed_Repeated_RepeatsTheNumbers()
    {
        manual_seed(5);
        Assert.Equal(5, initial_seed());
        var first = randn(10);
        manual_seed(5);
        Assert.True(first.Equals(randn(10)));
        Assert.False(first.Equals(randn(10)));
    }

    [Fact]
    public void Generator_OfItsOwn_LeavesTheDefaultAlone()
    {
        manual_seed(5);
        var expected = randn(4);
        manual_seed(5);
        using var own = new Generator(9);
        using var same = new Generator(9);
        var drawn = rand(4, generator: own);
        Assert.True(drawn.Equals(rand(4, generator: same)));
        Assert.Equal(9, own.initial_seed());
        Assert.True(expected.Equals(randn(4)));
    }

    [Fact]
    public void State_Restored_RepeatsTheNumbers()
    {
        var state = get_rng_state();
        var first = rand(3);
        set_rng_state(state);
        Assert.True(first.Equals(rand(3)));
    }

    [Fact]
    public void Threads_Set_AreReported()
    {
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
    }
}
