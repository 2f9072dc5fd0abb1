using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Hostile;

/// <summary>Every product rule on the hostile numbers of numbers.json: a finite result, right where it can be told, or a named refusal; never a value that is no number.</summary>
public sealed class HostileNumbersTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => [.. HostileCase.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fold_HostileNumbers_GivesFiniteResultOrNamedRefusal(string name)
    {
        var c = HostileCase.All.Single(x => x.Name == name);
        var input = c.Input();
        var (finite, refused) = (0, 0);
        foreach (var strategy in StrategyCatalog.Default.Of(StrategyKind.Product))
        {
            if (TryFold(strategy.Name, input, c.Message) is not { } result)
            {
                Assert.True(c.Expect != "finite", $"{strategy.Name} refuses.");
                refused++;
                continue;
            }
            Assert.True(c.Expect != "refused", $"{strategy.Name} does not refuse.");
            RequireFinite(strategy.Name, result);
            finite++;
        }
        output.WriteLine($"{name}: {finite} finite results, {refused} refusals.");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fold_HostileNumbersUnderFedIt_IsTheMeanOfWhatWasSent(string name)
    {
        var c = HostileCase.All.Single(x => x.Name == name);
        var input = c.Input();
        if (TryFold("fedit", input, c.Message) is not { } result)
            return;
        var mean = c.Mean(input);
        var largest = mean.Max(Math.Abs);
        // One rounding of the result, and what the sum's own roundings leave of values that cancel.
        Assert.All(mean.Zip(result.Tensors.Values.ToArray()), p => Assert.InRange(p.Second - p.First, -Near(p.First, largest), Near(p.First, largest)));
    }

    /// <summary>Weighers and server optimisers measure and remember what rules never look at: norms, distances, squares.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Fold_HostileNumbersUnderEveryWeigherAndOptimiser_GivesFiniteResultAndStateOrARefusal(string name)
    {
        var c = HostileCase.All.Single(x => x.Name == name);
        var input = c.Input();
        var weighers = StrategyCatalog.Default.Of(StrategyKind.Weigher).Where(s => s.Name != "bulyan" || input.Contributions.Count <= 100).Select(s => new FoldSpec { Weigher = new(s.Name), Product = new("lora-fair") });
        var optimisers = StrategyCatalog.Default.Of(StrategyKind.ServerOptimiser).Select(s => new FoldSpec { ServerOptimiser = new(s.Name) });
        foreach (var spec in weighers.Concat(optimisers))
        {
            var what = spec.Weigher?.Name ?? spec.ServerOptimiser!.Name;
            try
            {
                var result = new Fold(StrategyCatalog.Default.Compose(spec)).Run(input, new FoldLimits());
                RequireFinite(what, result);
                Assert.All(result.State.Tensors, t => Assert.All(t.Value.ToArray(), v => Assert.False(float.IsNaN(v), what)));
            }
            catch (FoldRefusedException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Cases_OfTheFile_AreCounted()
    {
        Tally.Of(output, "hostile", $"{HostileCase.All.Count} hostile cases under {StrategyCatalog.Default.Of(StrategyKind.Product).Count} product rules: {HostileCase.All.Count * StrategyCatalog.Default.Of(StrategyKind.Product).Count} folds, finite or refused by name.");
        Assert.InRange(HostileCase.All.Count, 30, int.MaxValue);
    }

    static double Near(double value, double largest) => Math.Abs(value) * Math.Pow(2, -24) + largest * Math.Pow(2, -50) + float.Epsilon;

    static FoldResult? TryFold(string strategy, FoldInput input, string? message)
    {
        try
        {
            return new Fold(StrategyCatalog.Default.Compose(new FoldSpec { Product = new(strategy) })).Run(input, new FoldLimits());
        }
        catch (FoldRefusedException e)
        {
            Assert.Contains(message ?? "'", e.Message);
            return null;
        }
    }

    static void RequireFinite(string strategy, FoldResult result)
    {
        Assert.All(result.Tensors.Values.ToArray(), v => Assert.True(float.IsFinite(v), strategy));
        Assert.All(result.Offsets, o => Assert.All(o.Left.Concat(o.Right), v => Assert.True(float.IsFinite(v), strategy)));
        foreach (var d in result.Diagnostics)
        {
            double?[] values = [d.BiasRatio, d.BiasToIncrement, d.ProductError, d.RemovableShare, d.EffectiveRank, d.ClientCosineMin, d.ClientCosineMean, d.ClientCosineMax, d.CorrectionRatio, d.GramCondition, d.ChangeNorm];
            Assert.All(values, v => Assert.False(v is { } number && double.IsNaN(number), strategy));
        }
    }
}
