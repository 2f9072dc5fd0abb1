using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

/// <summary>Every product rule on hostile numbers: a finite result or a named refusal.</summary>
public sealed class HostileNumbersTests
{
    static readonly (string Name, Func<FoldCase> Make)[] Cases =
    [
        ("one client", () => new FoldCase(1, 1, 4, 0, [(9, 7)])),
        ("a thousand clients", () => new FoldCase(2, 1000, 1, 0, [(5, 4)])),
        ("rank 256 above both sides", () => new FoldCase(3, 2, 256, 0, [(40, 30)])),
        ("one by one", () => new FoldCase(4, 3, 1, 0, [(1, 1)])),
        ("denormal deltas", () => new FoldCase(5, 4, 3, 0, [(9, 7)], 1e-41)),
        ("denormal everything", () => Scaled(1e-41)),
        ("huge everything", () => Scaled(1e18)),
        ("largest finite values", () => Scaled(3e37)),
        ("all zero", () => Scaled(0)),
        ("zero A", () => Cleared(0)),
        ("zero B", () => Cleared(1)),
        ("clients that cancel", Cancelling),
        ("collinear rows", Collinear),
    ];

    public static TheoryData<string, string> Data
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var strategy in StrategyCatalog.Default.Of(StrategyKind.Product))
            {
                foreach (var (name, _) in Cases)
                    data.Add(strategy.Name, name);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Data))]
    public void Fold_HostileNumbers_GivesFiniteResultOrNamedRefusal(string strategy, string name)
    {
        var c = Cases.Single(x => x.Name == name).Make();
        try
        {
            var result = c.Run(new FoldSpec { Product = new(strategy) });
            Assert.All(result.Tensors.Values.ToArray(), v => Assert.True(float.IsFinite(v)));
            Assert.All(result.Offsets, o => Assert.All(o.Left.Concat(o.Right), v => Assert.True(float.IsFinite(v))));
            Assert.All(result.Diagnostics, d => Assert.False(double.IsNaN(d.BiasRatio ?? 0) || double.IsNaN(d.ProductError ?? 0) || double.IsNaN(d.RemovableShare ?? 0) || double.IsNaN(d.ChangeNorm)));
        }
        catch (FoldRefusedException e)
        {
            Assert.Contains("'", e.Message);
        }
    }

    static FoldCase Scaled(double scale)
    {
        var c = new FoldCase(6, 4, 3, 0, [(9, 7)]);
        foreach (var tensors in c.Deltas.Append(c.Previous))
        {
            for (var t = 0; t < 2; t++)
            {
                foreach (ref var x in tensors[t])
                    x = (float)(x * scale);
            }
        }
        return c;
    }

    static FoldCase Cleared(int tensor)
    {
        var c = new FoldCase(7, 4, 3, 0, [(9, 7)]);
        foreach (var tensors in c.Deltas.Append(c.Previous))
            tensors[tensor].Clear();
        return c;
    }

    static FoldCase Cancelling()
    {
        var c = new FoldCase(8, 2, 3, 0, [(9, 7)], uniform: true);
        c.Previous[0].Clear();
        c.Previous[1].Clear();
        for (var t = 0; t < 2; t++)
        {
            for (var i = 0; i < c.Deltas[0][t].Length; i++)
                c.Deltas[1][t][i] = -c.Deltas[0][t][i];
        }
        return c;
    }

    static FoldCase Collinear()
    {
        var c = new FoldCase(9, 4, 3, 0, [(9, 7)]);
        foreach (var tensors in c.Deltas.Append(c.Previous))
        {
            for (var i = 7; i < 21; i++)
                tensors[0][i] = tensors[0][i % 7];
        }
        return c;
    }
}
