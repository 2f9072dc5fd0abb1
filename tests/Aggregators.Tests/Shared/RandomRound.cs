using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>
/// One round of a single product group with everything random: shape, rank, alpha, rsLoRA, clients, weights and, when mixed, the clients' ranks. The dense values have
/// the version's rank and scale, missing rows and columns being zero.
/// </summary>
sealed class RandomRound
{
    readonly AdapterTensors _previous;
    readonly Contribution[] _contributions;
    readonly AdapterTensors[] _deltas;
    readonly int _m, _n;

    public RandomRound(int seed, bool mixed, string? trained)
    {
        var random = new Random(seed);
        (_m, _n, Rank) = (random.Next(2, 26), random.Next(2, 26), random.Next(1, 6));
        var clients = random.Next(3, 8);
        var form = new ProductForm("lora_B", "lora_A", 1 + 31 * random.NextDouble(), random.Next(2) == 0);
        var plain = Schemas.Lora(8, 0, (_m, _n));
        var schema = new AdapterSchema(plain.BaseDigest, plain.ModelType, 8, [plain.Groups[0] with { Product = form }]);
        AdapterLayout Layout(int rank) => AdapterLayout.Of(schema, AdapterPlan.Uniform(schema, rank));
        _previous = Noise.Tensors(random, Layout(Rank));
        Scale = form.Scale(Rank);
        Ranks = [.. Enumerable.Range(0, clients).Select(_ => mixed ? random.Next(1, Rank + 1) : Rank)];
        _deltas = [.. Ranks.Select(r => Noise.Tensors(random, r == Rank ? _previous.Layout : Layout(r), 0.4))];
        foreach (var delta in _deltas)
        {
            if (trained is not null)
                delta[trained == "lora_A" ? 1 : 0].Clear();
        }
        double[] samples = [.. Ranks.Select(_ => (double)random.Next(1, 1000))];
        P = [.. samples.Select(s => s / samples.Sum())];
        _contributions = [.. _deltas.Select((d, k) => new Contribution($"site-{k}", samples[k], d.Layout, new DenseDelta(d)))];
    }

    public int Rank { get; }

    public double Scale { get; }

    public int[] Ranks { get; }

    public double[] P { get; }

    public Dense[] Ak => [.. _deltas.Select((d, k) => Value(k, 0))];

    public Dense[] Bk => [.. _deltas.Select((d, k) => Value(k, 1))];

    public Dense A => Dense.Sum(Ak.Select((x, k) => P[k] * x));

    public Dense B => Dense.Sum(Bk.Select((x, k) => P[k] * x));

    public Dense M => Dense.Sum(Ak.Zip(Bk).Select((x, k) => P[k] * (x.Second * x.First)));

    public Dense PreviousA => Dense.Of(_previous[0], Rank, _n);

    public Dense PreviousB => Dense.Of(_previous[1], _m, Rank);

    public FoldInput Input => new(_previous, _contributions);

    public FoldResult Run(FoldSpec spec) => new Fold(StrategyCatalog.Default.Compose(spec)).Run(Input, new FoldLimits());

    /// <summary>s B A and the offsets.</summary>
    public Dense Effective(FoldResult result)
    {
        var values = Shared.Effective.Of(result, 0);
        return Dense.Fill(_m, _n, (i, j) => values[i * _n + j]);
    }

    /// <summary>The product of factors of which each coordinate is made from the clients' sorted values.</summary>
    public Dense ByCoordinate(Func<double[], double> reduce)
    {
        Dense Reduced(Dense[] values) => Dense.Fill(values[0].Rows, values[0].Columns, (i, j) => reduce([.. values.Select(v => v[i, j]).Order()]));
        return Reduced(Bk) * Reduced(Ak);
    }

    /// <summary>Multiplies all values of A and of B by powers of two.</summary>
    public void Rescale(float a, float b)
    {
        foreach (var tensors in _deltas.Append(_previous))
        {
            foreach (ref var x in tensors[0])
                x *= a;
            foreach (ref var x in tensors[1])
                x *= b;
        }
    }

    public override string ToString() => $"{_m} x {_n}, rank {Rank}, clients of ranks {string.Join(" ", Ranks)}";

    Dense Value(int client, int tensor)
    {
        var (delta, rank) = (_deltas[client], Ranks[client]);
        var start = _previous.Reshape(delta.Layout);
        var form = _previous.Layout.Groups[0].Group.Product!;
        double At(int i) => start[tensor][i] + (double)delta[tensor][i];
        return tensor == 0
            ? Dense.Fill(Rank, _n, (i, j) => i < rank ? At(i * _n + j) : 0)
            : Dense.Fill(_m, Rank, (i, j) => j < rank ? At(i * rank + j) * form.Scale(rank) / Scale : 0);
    }
}
