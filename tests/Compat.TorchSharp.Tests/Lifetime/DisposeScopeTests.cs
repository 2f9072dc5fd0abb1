using static TorchSharp.torch;

namespace TorchSharp.Tests.Lifetime;

public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_Disposed_DisposesWhatItMade()
    {
        var before = LiveTensors.Count();
        Tensor made;
        using (NewDisposeScope())
        {
            made = ones(3);
            _ = made + 1;
            Assert.Equal(before + 2, Tensor.TotalCount);
        }
        Assert.True(made.IsInvalid);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void MoveToOuter_Nested_LivesAsLongAsTheOuterScope()
    {
        Tensor kept, dropped;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                dropped = ones(3);
                kept = (dropped * 2).MoveToOuterDisposeScope();
            }
            Assert.True(dropped.IsInvalid);
            Assert.False(kept.IsInvalid);
            Assert.Equal([kept], outer.DisposablesView);
        }
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void MoveToOuter_WithoutOuter_OutlivesEveryScope()
    {
        Tensor kept;
        using (var scope = NewDisposeScope())
            kept = scope.MoveToOuter(ones(3));
        using (kept)
            Assert.Equal(3, kept.sum().ToSingle());
    }

    [Fact]
    public void Attach_TensorMadeOutside_IsDisposedWithTheScope()
    {
        var outside = ones(3);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(outside);
            scope.Attach(outside);
            Assert.Equal(1, scope.DisposablesCount);
            Assert.True(scope.Contains(outside));
        }
        Assert.True(outside.IsInvalid);
    }

    [Fact]
    public void MoveToOther_FromInner_ChangesTheOwner()
    {
        using var outer = NewDisposeScope();
        using var inner = NewDisposeScope();
        var tensor = ones(3).MoveToOtherDisposeScope(outer);
        inner.Dispose();
        Assert.False(tensor.IsInvalid);
        Assert.True(outer.Contains(tensor));
    }

    [Fact]
    public void DisposeEverythingBut_Some_KeepsThem()
    {
        using var scope = NewDisposeScope();
        var (kept, dropped) = (ones(1), ones(2));
        scope.DisposeEverythingBut(kept);
        Assert.True(dropped.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_ClosedOutOfOrder_KeepTheChain()
    {
        var first = NewDisposeScope();
        var second = NewDisposeScope();
        using var third = NewDisposeScope();
        second.Dispose();
        third.Dispose();
        Assert.Same(first, CurrentDisposeScope);
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.DisposablesCount);
    }

    [Fact]
    public void Statistics_OneThread_CountEveryFate()
    {
        var statistics = DisposeScopeManager.Statistics;
        var live = statistics.ThreadTotalLiveCount;
        statistics.Reset();
        var loose = ones(1);
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            _ = ones(2);
            detached = scope.Detach(ones(3));
            scope.Attach(loose);
        }
        detached.Dispose();

        Assert.Equal((1, 2), (statistics.CreatedOutsideScopeCount, statistics.CreatedInScopeCount));
        Assert.Equal((1, 2), (statistics.DisposedOutsideScopeCount, statistics.DisposedInScopeCount));
        Assert.Equal((1, 1), (statistics.AttachedToScopeCount, statistics.DetachedFromScopeCount));
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
        Assert.Contains("ThreadTotalLiveCount: 0", statistics.ToString(), StringComparison.Ordinal);
        Assert.True(live >= 0);
    }

    [Fact]
    public void WrappedTensorDisposeScope_Expression_KeepsOnlyItsValue()
    {
        var before = LiveTensors.Count();
        using (var value = WrappedTensorDisposeScope(() => (ones(3) + 1) * 2))
        {
            Assert.Equal(before + 1, Tensor.TotalCount);
            Assert.Equal([4, 4, 4], value.data<float>().ToArray());
        }
    }

    [Fact]
    public void Parameter_MadeInAScope_ReplacesItsTensorThere()
    {
        var before = LiveTensors.Count();
        using (var scope = NewDisposeScope())
        {
            var data = ones(3);
            var parameter = data.AsParameter();
            Assert.True(data.IsInvalid);
            Assert.Equal([parameter], scope.DisposablesView);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
