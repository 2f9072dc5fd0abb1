using System.Globalization;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Bench.Aggregation;

/// <summary>Bytes allocated by one fold of every product strategy, and how they grow with clients and with the size of a matrix.</summary>
static class AllocationBench
{
    const int Rank = 8;

    public static void Run(TextWriter to)
    {
        to.WriteLine("Allocated KiB per fold, r=8: d=256 K=8 | K=16 | d=512 K=8, of which results are 16 and 32 KiB; per added client | per added element of the result");
        foreach (var strategy in StrategyCatalog.Default.Of(StrategyKind.Product))
        {
            var (small, clients, wide) = (Bytes(strategy.Name, 256, 8), Bytes(strategy.Name, 256, 16), Bytes(strategy.Name, 512, 8));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {strategy.Name}: {small / 1024} | {clients / 1024} | {wide / 1024}; {(clients - small) / 8} bytes | {(wide - small) / (2.0 * 256 * Rank):N1} bytes"));
        }
    }

    static long Bytes(string strategy, int d, int clients)
    {
        var input = Cohort.InMemory(Cohort.Layout(d, Rank, 1), clients);
        var fold = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = new RuleSpec(strategy) }));
        var limits = new FoldLimits(Diagnose: false);
        fold.Run(input, limits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        fold.Run(input, limits);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
