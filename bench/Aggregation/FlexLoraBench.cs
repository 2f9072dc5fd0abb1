using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>FlexLoRA's randomised SVD against the published dense one and the exact factored one, at a width where a dense SVD ends.</summary>
static class FlexLoraBench
{
    const int D = 1024, Rank = 16, Clients = 20;

    public static IEnumerable<BenchResult> Run(Peer peer, BenchOptions options)
    {
        var input = Cohort.InMemory(Cohort.Layout(D, Rank, 1), Clients);
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("flexlora")));
        var limits = new FoldLimits(options.Threads, Diagnose: false);
        var seconds = Rounds.Measure(Math.Min(options.Samples, 5),
            () => Rounds.Seconds(() => fold.Run(input, limits)),
            () => peer.Measure("dense_svd", D, Rank, Clients),
            () => peer.Measure("factored_qr", D, Rank, Clients));
        yield return new BenchResult($"flexlora d={D} r={Rank} K={Clients} against PyTorch's dense SVD", seconds[0], seconds[1], null);
        yield return new BenchResult($"flexlora d={D} r={Rank} K={Clients} against PyTorch, QR of the stacked factors", seconds[0], seconds[2], null);
    }
}
