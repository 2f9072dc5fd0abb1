using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>LoRA-FAIR for one matrix, d = 4096, r = 16, K = 100: against the published dense way, scaled openly, and against the same algebra in PyTorch and numpy.</summary>
static class LoraFairBench
{
    public const int D = 4096, Rank = 16, Clients = 100;

    // The published way is measured on a part and scaled by these: its cost is proportional to clients and to steps.
    public const int DenseClients = 10, DenseSteps = 5, PublishedSteps = 1000;

    /// <summary>Seconds of the published way, scaled.</summary>
    public static double Dense(Peer peer, int clients) =>
        peer.Measure("dense_product", D, Rank, DenseClients) * clients / DenseClients + peer.Measure("dense_steps", D, Rank, DenseSteps) * PublishedSteps / DenseSteps;

    public static IEnumerable<BenchResult> Run(Peer peer, BenchOptions options)
    {
        var input = Cohort.InMemory(Cohort.Layout(D, Rank, 1), Clients);
        var fold = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("lora-fair")));
        var mean = new Fold(StrategyCatalog.Default.Compose(FoldSpec.Of("fedit")));
        var limits = new FoldLimits(options.Threads, Diagnose: false);
        var seconds = Rounds.Measure(options.Samples,
            () => Rounds.Seconds(() => fold.Run(input, limits)),
            () => Rounds.Seconds(() => fold.Run(input, limits with { Diagnose = true })),
            () => Rounds.Seconds(() => mean.Run(input, limits)),
            () => Rounds.Seconds(() => mean.Run(input, limits with { Diagnose = true })),
            () => peer.Measure("fair_centred", D, Rank, Clients),
            () => peer.Measure("fair_loop", D, Rank, Clients),
            () => peer.Measure("fair_numpy", D, Rank, Clients),
            () => peer.Measure("fair_uncentred", D, Rank, Clients),
            () => Dense(peer, Clients));
        var size = $"lora-fair d={D} r={Rank} K={Clients}";
        yield return new BenchResult($"{size} against the dense way ({DenseClients} of {Clients} clients, {DenseSteps} of {PublishedSteps} steps, scaled)", seconds[0], seconds[8], 1000);
        yield return new BenchResult($"{size} against PyTorch, the same algebra over all clients at once", seconds[0], seconds[4], 2);
        yield return new BenchResult($"{size} against PyTorch, the same algebra client by client", seconds[0], seconds[5], 2);
        yield return new BenchResult($"{size} against numpy, the same algebra client by client", seconds[0], seconds[6], 2);
        yield return new BenchResult($"{size} with diagnostics, the ratio being the share of the fold itself", seconds[1], seconds[0], null);
        yield return new BenchResult($"fedit with diagnostics, likewise", seconds[3], seconds[2], null);
        yield return new BenchResult($"{size} against PyTorch, uncentred (less exact, fewer passes)", seconds[0], seconds[7], null);
    }
}
