using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>A fold under Krum, of which nearly all is the Gram matrix of the clients' products, against the same factored Gram in numpy.</summary>
static class KrumBench
{
    const int Clients = 30;

    public static IEnumerable<BenchResult> Run(Peer peer, BenchOptions options)
    {
        var input = Cohort.InMemory(Cohort.Layout(LoraFairBench.D, LoraFairBench.Rank, 1), Clients);
        var fold = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Bundle = "fedit", Weigher = new RuleSpec("krum") }));
        var limits = new FoldLimits(options.Threads, Diagnose: false);
        var seconds = Rounds.Measure(options.Samples,
            () => Rounds.Seconds(() => fold.Run(input, limits)),
            () => peer.Measure("krum_gram", LoraFairBench.D, LoraFairBench.Rank, Clients));
        yield return new BenchResult($"krum d={LoraFairBench.D} r={LoraFairBench.Rank} K={Clients} against numpy's factored Gram", seconds[0], seconds[1], null);
    }
}
