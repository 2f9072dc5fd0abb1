using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Privacy.Tests.Mechanisms;

/// <summary>A LoRA group, a bias group and some clients with random deltas.</summary>
sealed class NoiseTrial
{
    const int Rank = 4;

    readonly int _size;

    public NoiseTrial(int seed, int clients, double lastScale = 1, int size = 24)
    {
        _size = size;
        var schema = new AdapterSchema(new string('0', 64), "test", Rank,
        [
            new TensorGroup("layer", new Site(SiteKind.Linear, "layer"), Algebra.Product,
                [new TensorSpec("layer.A", "lora_A", [Axis.Rank, size]), new TensorSpec("layer.B", "lora_B", [size - 3, Axis.Rank])])
            {
                Product = new ProductForm("lora_B", "lora_A", 8, false),
            },
            new TensorGroup("bias", new Site(SiteKind.Linear, "layer"), Algebra.Affine, [new TensorSpec("layer.bias", "bias", [size * 3])]),
        ]);
        Layout = AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, Rank));
        var random = new Random(seed);
        Previous = Values(random, 1);
        Deltas = [.. Enumerable.Range(0, clients).Select(k => Values(random, (k == clients - 1 ? lastScale : 1) * (0.02 + 0.1 * random.NextDouble())))];
        Norms = [.. Deltas.Select(d => Math.Sqrt(d.Values.ToArray().Sum(v => (double)v * v)))];
    }

    public AdapterLayout Layout { get; }

    public AdapterTensors Previous { get; }

    public IReadOnlyList<AdapterTensors> Deltas { get; }

    public double[] Norms { get; }

    public int Index(string role) => Layout.Tensors.Single(t => t.Role == role).Index;

    public FoldResult Fold(string bundle, ISumMechanism mechanism, int? count = null, int threads = 1)
    {
        var product = bundle == "lora-fair" ? new RuleSpec(bundle, """{"max_correction": 1000000}""") : null;
        var fold = new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Bundle = bundle, Weigher = new("uniform"), Product = product }));
        var contributions = Deltas.Take(count ?? Deltas.Count).Select((d, k) => new Contribution($"c{k}", 1, Layout, new DenseDelta(d))).ToList();
        return fold.Run(new FoldInput(Previous, contributions) { Mechanism = mechanism }, new FoldLimits(threads));
    }

    /// <summary>C (A A^T + lambda tr(A A^T)/r I)^-1 by Gauss and Jordan: the correction of LoRA-FAIR from a given covariance.</summary>
    public double[] Ridge(double[] covariance, float[] a, double lambda)
    {
        var gram = new double[Rank, Rank];
        for (var i = 0; i < Rank; i++)
        {
            for (var j = 0; j < Rank; j++)
                gram[i, j] = Enumerable.Range(0, _size).Sum(c => (double)a[i * _size + c] * a[j * _size + c]);
        }
        var unit = Enumerable.Range(0, Rank).Sum(i => gram[i, i]) / Rank;
        for (var i = 0; i < Rank; i++)
            gram[i, i] += lambda * unit;
        var inverse = Invert(gram);
        var result = new double[covariance.Length];
        for (var row = 0; row < covariance.Length / Rank; row++)
        {
            for (var j = 0; j < Rank; j++)
                result[row * Rank + j] = Enumerable.Range(0, Rank).Sum(i => covariance[row * Rank + i] * inverse[i, j]);
        }
        return result;
    }

    static double[,] Invert(double[,] matrix)
    {
        var (m, inverse) = ((double[,])matrix.Clone(), new double[Rank, Rank]);
        for (var i = 0; i < Rank; i++)
            inverse[i, i] = 1;
        for (var p = 0; p < Rank; p++)
        {
            var pivot = m[p, p];
            for (var j = 0; j < Rank; j++)
                (m[p, j], inverse[p, j]) = (m[p, j] / pivot, inverse[p, j] / pivot);
            for (var i = 0; i < Rank; i++)
            {
                var factor = m[i, p];
                for (var j = 0; i != p && j < Rank; j++)
                    (m[i, j], inverse[i, j]) = (m[i, j] - factor * m[p, j], inverse[i, j] - factor * inverse[p, j]);
            }
        }
        return inverse;
    }

    AdapterTensors Values(Random random, double scale) =>
        new(Layout, [.. Enumerable.Range(0, (int)Layout.TotalElements).Select(_ => (float)(scale * (2 * random.NextDouble() - 1)))]);
}

/// <summary>Keeps what a mechanism made of each sum.</summary>
sealed class RecordingMechanism(ISumMechanism inner) : ISumMechanism
{
    public Dictionary<(string, int), double[]> Sums { get; } = [];

    /// <summary>Sets the first pass to zero.</summary>
    public bool Freeze { get; set; }

    public int Planned => inner.Planned;

    public double Bound(double norm) => inner.Bound(norm);

    public double TermBound(int groups) => inner.TermBound(groups);

    public void Disturb(string name, int pass, Span<double> sum)
    {
        if (Freeze && pass == 1)
            sum.Clear();
        inner.Disturb(name, pass, sum);
        Sums[(name, pass)] = sum.ToArray();
    }
}
