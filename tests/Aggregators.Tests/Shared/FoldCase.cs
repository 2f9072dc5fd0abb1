using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>A random previous version and random client deltas.</summary>
sealed class FoldCase
{
    public FoldCase(int seed, int clients, int rank, int head, (int M, int N)[] shapes, double drift = 0.1, bool uniform = false)
    {
        var random = new Random(seed);
        Schema = Schemas.Lora(Math.Max(rank, 4), head, shapes);
        Layout = AdapterLayout.Of(Schema, AdapterPlan.Uniform(Schema, rank));
        Previous = Noise.Tensors(random, Layout);
        Deltas = [.. Enumerable.Range(0, clients).Select(_ => Noise.Tensors(random, Layout, drift))];
        Samples = [.. Enumerable.Range(0, clients).Select(_ => uniform ? 1 : (double)random.Next(1, 1000))];
    }

    public AdapterSchema Schema { get; }

    public AdapterLayout Layout { get; }

    public AdapterTensors Previous { get; set; }

    public AdapterTensors[] Deltas { get; }

    public double[] Samples { get; }

    public double[] Shares => [.. Samples.Select(s => s / Samples.Sum())];

    public FoldInput Input => new(Previous, [.. Deltas.Select((d, k) => new Contribution($"site-{k:d4}", Samples[k], Layout, new DenseDelta(d)))]);

    public FoldResult Run(FoldSpec spec, FoldLimits? limits = null) => new Fold(StrategyCatalog.Default.Compose(spec)).Run(Input, limits ?? new FoldLimits());

    public FoldResult Run(string bundle) => Run(FoldSpec.Of(bundle));
}
