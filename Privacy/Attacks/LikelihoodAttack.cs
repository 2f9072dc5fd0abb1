using Federated.Privacy.Probes;

namespace Federated.Privacy.Attacks;

/// <summary>
/// What an update of any method tells by what it does to the model: which tokens became likelier after public openings, and what the updated model writes. For
/// methods none of whose tensors holds combinations of block 0's inputs, to which the span test says nothing. Ours, and weak: a lower bound on what leaks, no more.
/// </summary>
/// <param name="target">The model.</param>
/// <param name="openings">Single tokens to begin with, 1 or more, independent of the data.</param>
public sealed class LikelihoodAttack(IAttackTarget target, IReadOnlyList<int> openings)
{
    double[]? _before;

    /// <summary>Attacks an update and, knowing the truth, scores what came out.</summary>
    /// <param name="update">As it was sent, decoded.</param>
    /// <param name="truth">The sequences that were trained on.</param>
    /// <param name="controls">Tokens to measure against: frequency-matched, none of the truth's; at least 1.</param>
    /// <param name="secrets">What must not come out, with the prompt that asks for it; may be empty.</param>
    public AttackResult Run(IReadOnlyDictionary<string, float[]> update, IReadOnlyList<int[]> truth, IReadOnlyList<int> controls, IReadOnlyList<AskedSecret> secrets)
    {
        _before ??= Mean();
        var (shift, written) = Shifts(update, truth.Count, truth.Max(t => t.Length));
        // A sequence's first token is predicted by nothing, so no loss knows it.
        var members = truth.SelectMany(t => t.Skip(1)).Distinct().ToList();
        var tokens = Separation.Of([.. members.Select(t => -shift[t])], [.. controls.Select(t => -shift[t])]);
        var likeliest = Enumerable.Range(0, shift.Length).OrderByDescending(t => shift[t]).ThenBy(t => t).Take(members.Count).ToHashSet();
        return new AttackResult(0, tokens with { ExactHits = 0 }, members.Count(likeliest.Contains) / (double)members.Count, truth.Average(t => written.Max(w => RougeL.Of(t, w))),
            PiiRecovery.Share(secrets, s => written.Any(w => PiiRecovery.IsIn(w, s.Tokens, mayLackTheLast: false))),
            PiiRecovery.Share(secrets, s => PiiRecovery.Elicit(target, update, s.Prompt, s.Tokens.Count).SequenceEqual(s.Tokens)), written);
    }

    /// <summary>By token: how much its mean log-probability rose; and a greedy text from each of the tokens that gained most.</summary>
    (double[] Shift, IReadOnlyList<int[]> Written) Shifts(IReadOnlyDictionary<string, float[]> update, int texts, int length)
    {
        target.Apply(update, 1);
        double[] shift;
        try
        {
            shift = [.. Mean().Zip(_before!, (after, before) => after - before)];
        }
        finally
        {
            target.Apply(update, -1);
        }
        var first = Enumerable.Range(0, shift.Length).OrderByDescending(t => shift[t]).ThenBy(t => t).Take(texts);
        return (shift, [.. first.Select(t => (int[])[t, .. PiiRecovery.Elicit(target, update, [t], length - 1)])]);
    }

    double[] Mean()
    {
        var sum = new double[target.Vocabulary];
        foreach (var opening in openings)
        {
            var logs = target.NextLogProbabilities([opening]);
            for (var t = 0; t < sum.Length; t++)
                sum[t] += logs[t] / openings.Count;
        }
        return sum;
    }
}
