using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class FoldMemoryTests
{
    /// <summary>Values made up on the fly, so that a thousand large clients need no memory.</summary>
    sealed class Formula(int client) : IDeltaSource
    {
        public void Read(int tensor, long elementOffset, Span<float> into)
        {
            for (var i = 0; i < into.Length; i++)
                into[i] = (((elementOffset + i) * 31 + client * 17 + tensor * 7) % 101 - 50) * 1e-3f;
        }
    }

    [Fact]
    public void Fold_AThousandClientsLargerThanTheBudget_AllocatesLittleAndNothingPerClient()
    {
        var schema = Schemas.Lora(16, 0, (1024, 1024));
        var layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, 16));
        var previous = Noise.Tensors(new Random(1), layout);
        FoldInput Input(int clients) => new(previous, [.. Enumerable.Range(0, clients).Select(k => new Contribution($"c{k:d5}", 1, layout, new Formula(k)))]);
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair")));
        var limits = new FoldLimits(MemoryBytes: 16 << 20, Diagnose: false);
        long Allocated(FoldInput input)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            fold.Run(input, limits);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        var (few, many) = (Input(10), Input(1000));
        Allocated(few);
        var (small, large) = (Allocated(few), Allocated(many));
        // Per client: its place in the order, its reader with two tensors, its weight record and its r x r core of 1 KiB, and nothing that grows with m or n.
        Assert.InRange((large - small) / 990.0, 0, 2500);
        Assert.InRange(large, 0, 16 << 20);
    }

    [Theory]
    [InlineData("lora-fair")]
    [InlineData("balanced-ba")]
    public void Fold_CoresLargerThanTheBudget_GiveTheBitsOfALargeBudget(string bundle)
    {
        // 300 cores of 64 x 64 take 4.7 MiB, more than the quarter of 16 MiB that they may have.
        var c = new FoldCase(5, 300, 64, 0, [(70, 66)], 0.2);
        var (small, large) = (c.Run(FoldSpec.Of(bundle), new FoldLimits(MemoryBytes: 16 << 20)), c.Run(FoldSpec.Of(bundle), new FoldLimits(MemoryBytes: 1 << 30)));
        Assert.Equal(large.Tensors.Values.ToArray(), small.Tensors.Values.ToArray());
    }
}
