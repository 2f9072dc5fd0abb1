using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>FedIT's mean against a copy of the same bytes, and against PyTorch's.</summary>
static class MeanBench
{
    public static IEnumerable<BenchResult> Run(Peer peer, BenchOptions options)
    {
        var layout = Cohort.Layout(LoraFairBench.D, LoraFairBench.Rank, 1);
        var input = Cohort.InMemory(layout, LoraFairBench.Clients);
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        var limits = new FoldLimits(options.Threads, Diagnose: false);
        var from = Enumerable.Range(0, LoraFairBench.Clients).Select(k => Cohort.Random(layout, k).Values.ToArray()).ToArray();
        var to = from.Select(x => new float[x.Length]).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads };
        var seconds = Rounds.Measure(options.Samples,
            () => Rounds.Seconds(() => fold.Run(input, limits)),
            () => Rounds.Seconds(() => Parallel.For(0, from.Length, parallel, k => from[k].AsSpan().CopyTo(to[k]))),
            () => peer.Measure("mean", LoraFairBench.D, LoraFairBench.Rank, LoraFairBench.Clients));
        var size = $"fedit d={LoraFairBench.D} r={LoraFairBench.Rank} K={LoraFairBench.Clients}";
        yield return new BenchResult($"{size} against a copy of the same {4 * layout.TotalElements * from.Length >> 20} MiB", seconds[0], seconds[1], 0.7);
        yield return new BenchResult($"{size} against PyTorch's weighted mean (fp32 sums)", seconds[0], seconds[2], null);
    }
}
