using BenchmarkDotNet.Attributes;
using Federated.Aggregators.Strategies;

namespace Federated.Bench.Aggregation;

/// <summary>Whole folds: from one size to the next the difference is what a client or an element of the result costs.</summary>
public class FoldAllocations
{
    const int Rank = 8;

    Fold _fold = null!;
    FoldInput _input = null!;

    [Params("fedit", "lora-fair", "balanced-ba", "flexlora", "fedbuff")]
    public string Strategy { get; set; } = "";

    [Params(8, 16)]
    public int Clients { get; set; }

    [Params(256, 512)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Prepare() => (_fold, _input) = (new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = new RuleSpec(Strategy) })), Cohort.InMemory(Cohort.Layout(Width, Rank, 1), Clients));

    [Benchmark]
    public FoldResult Fold() => _fold.Run(_input, new FoldLimits(Diagnose: false));
}
