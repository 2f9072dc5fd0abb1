using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>One fold in progress, group by group.</summary>
sealed class FoldRun(Composition composition, FoldInput input, WorkPool work, FoldLimits limits, MechanismRun? mechanism)
{
    readonly SpareArrays<double> _working = limits.Working ?? new SpareArrays<double>();
    readonly AdapterTensors _result = Copy(input.Previous, limits.Results);
    readonly Dictionary<string, float[]> _state = input.State.Tensors.ToDictionary(t => t.Key, t => t.Value.ToArray(), StringComparer.Ordinal);
    readonly List<OffsetFactor> _offsets = [];
    readonly List<GroupDiagnostics> _diagnostics = [];

    public void Fold(LayoutGroup group, ClientDifference[] clients, double[,] weights)
    {
        int[] contributors = [.. Enumerable.Range(0, clients.Length).Where(k => weights[k, group.Index] > 0)];
        // A group that nobody trained is disturbed like any other: that it was left alone would say so.
        if (contributors.Length == 0 && mechanism is null)
        {
            _diagnostics.Add(new GroupDiagnostics(group.Group.Name, 0));
            return;
        }
        var fold = new GroupFold(group, input.Previous, contributors.Length, input.Round, new StateAccess($"rule/{group.Group.Name}", input.State, _state), _working);
        ClientDifference[] own = [.. contributors.Select(k => clients[k])];
        Announcement.Of(group, own, work);
        var sums = new LocalSums(group, own, [.. contributors.Select(k => weights[k, group.Index])], work, _working,
            limits.Diagnose && mechanism is null && group.Group.Algebra == Algebra.Product, mechanism?.TermBound);
        var (rule, pass) = (composition.Rules[group.Group.Algebra], 0);
        foreach (var request in rule.Fold(fold))
        {
            sums.Fill(request);
            if (++pass > rule.Passes && mechanism is not null)
                throw new InvalidOperationException($"{rule.GetType().Name} makes pass {pass}; it says that it makes {rule.Passes} at most.");
            mechanism?.Disturb(group, request, pass);
        }
        var diagnostics = Diagnose(fold, sums);
        _diagnostics.Add(diagnostics with { ChangeNorm = Publish(fold, sums.Means) });
        _working.TakeBack();
    }

    public FoldResult Result(IReadOnlyList<ClientWeight> weights) => new(_result, _offsets, new StrategyState(_state), _diagnostics, weights);

    GroupDiagnostics Diagnose(GroupFold fold, LocalSums sums)
    {
        var plain = new GroupDiagnostics(fold.Group.Group.Name, fold.Contributors) { CorrectionRatio = fold.CorrectionRatio, Fallback = fold.Fallback };
        // Around different start points there is no one mean of the factors to compare with; and diagnostics of sums that nothing disturbs would show the clients.
        return limits.Diagnose && mechanism is null && fold.Group.Group.Algebra == Algebra.Product && !sums.AreStale ? ProductDiagnostics.Add(plain, fold, sums) : plain;
    }

    static AdapterTensors Copy(AdapterTensors version, SpareArrays<float>? spare)
    {
        var values = spare?.Take(version.Values.Length) ?? new float[version.Values.Length];
        version.Values.CopyTo(values);
        return new AdapterTensors(version.Layout, values);
    }

    double Publish(GroupFold fold, MeanDeltas? means)
    {
        var squares = 0.0;
        var state = new StateAccess("optimiser", input.State, _state);
        for (var t = 0; t < fold.Proposed.Count; t++)
        {
            if (fold.Proposed[t] is { } proposed)
                squares += Publish(fold.Group.Tensors[t], fold.Previous(t), proposed, means is null ? default : means.Sums[t], state);
        }
        _offsets.AddRange(fold.Offsets);
        return Math.Sqrt(squares);
    }

    double Publish(LayoutTensor tensor, ReadOnlySpan<float> previous, double[] proposed, ReadOnlySpan<double> meanChange, StateAccess state)
    {
        composition.ServerOptimiser.Step(tensor.Name, previous, proposed, meanChange, state);
        var result = _result[tensor.Index];
        Rounding.ToSingles(proposed, result);
        if (!double.IsFinite(DotKernel.SumOfSquares(result)))
        {
            var at = Array.FindIndex(proposed, v => !float.IsFinite((float)v));
            throw new FoldRefusedException($"Tensor '{tensor.Name}' became {proposed[at]} at element {at}; the result must be finite in fp32.");
        }
        return Norm.SquaredDistance(proposed, previous);
    }
}
