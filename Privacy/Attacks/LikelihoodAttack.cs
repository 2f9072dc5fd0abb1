using Federated.Privacy.Probes;

namespace Federated.Privacy.Attacks;

/// <summary>
/// What an update of any method tells by what it does to the model. To first order a token's log-probability after an opening rises by the inner product of its
/// gradient and the update, so the rises match the update against every candidate's gradient. What updates of any data have in common is taken out, and each
/// token's rest is measured in the deviation that updates of unrelated data give it; a likelihood ratio adds up over the openings, as LiRA's offline test does (arXiv 2112.03570). For
/// methods none of whose tensors holds combinations of block 0's inputs, to which the span test says nothing. Ours: a lower bound on what leaks, no more.
/// </summary>
public sealed class LikelihoodAttack
{
    // A few updates know a token's deviation badly, so a share of it is the vocabulary's.
    const double SharedVariance = 0.25;

    readonly IAttackTarget _target;
    readonly IReadOnlyList<int[]> _openings;
    readonly float[][] _before;
    readonly double[][] _common, _deviation;

    /// <param name="target">The model.</param>
    /// <param name="openings">Prefixes, 1 or more, independent of the data; the more there are, the likelier one resembles what stood before a token.</param>
    /// <param name="shadows">What the attacker makes updates from to learn what any update looks like.</param>
    public LikelihoodAttack(IAttackTarget target, IReadOnlyList<int[]> openings, ShadowTraining shadows)
    {
        (_target, _openings, _before) = (target, openings, []);
        _before = LogProbabilities();
        (_common, _deviation) = Calibrate(shadows);
    }

    /// <summary>Attacks an update and, knowing the truth, scores what came out.</summary>
    /// <param name="update">As it was sent, decoded; its scale changes nothing.</param>
    /// <param name="truth">The sequences that were trained on.</param>
    /// <param name="controls">Tokens to measure against: frequency-matched, none of the truth's; at least 1.</param>
    /// <param name="secrets">What must not come out, with the prompt that asks for it; may be empty.</param>
    public AttackResult Run(IReadOnlyDictionary<string, float[]> update, IReadOnlyList<int[]> truth, IReadOnlyList<int> controls, IReadOnlyList<AskedSecret> secrets)
    {
        var scores = Scores(update);
        // A sequence's first token is predicted by nothing, so no loss knows it.
        var members = truth.SelectMany(t => t.Skip(1)).Distinct().ToList();
        var tokens = Separation.Of([.. members.Select(t => -scores[t])], [.. controls.Select(t => -scores[t])]);
        int[] likeliest = [.. Enumerable.Range(0, scores.Length).OrderByDescending(t => scores[t]).ThenBy(t => t).Take(members.Count)];
        var written = Write(update, likeliest, truth.Count, truth.Max(t => t.Length));
        return new AttackResult(0, tokens with { ExactHits = 0 }, members.Count(likeliest.Contains) / (double)members.Count, truth.Average(t => written.Max(w => RougeL.Of(t, w))),
            PiiRecovery.Share(secrets, s => written.Any(w => PiiRecovery.IsIn(w, s.Tokens, mayLackTheLast: false))),
            PiiRecovery.Share(secrets, s => PiiRecovery.Elicit(_target, update, s.Prompt, s.Tokens.Count).SequenceEqual(s.Tokens)), written);
    }

    /// <summary>By token: how strongly its rises speak for having been trained on. All 0 for an update that changes nothing.</summary>
    public double[] Scores(IReadOnlyDictionary<string, float[]> update)
    {
        var scores = new double[_target.Vocabulary];
        if (update.Values.All(t => Array.TrueForAll(t, v => v == 0)))
            return scores;
        var rises = Rises(update);
        // Least squares: an update is so much of what all updates are, and the rest is its own.
        var share = Dot(rises, _common) / Math.Max(double.Epsilon, Dot(_common, _common));
        for (var o = 0; o < rises.Length; o++)
        {
            for (var t = 0; t < scores.Length; t++)
                scores[t] += Evidence((rises[o][t] - share * _common[o][t]) / _deviation[o][t]);
        }
        return scores;
    }

    // Logarithm of N(z; 1, 2) over N(z; 0, 1), times four: one deviation higher and twice as wide for a token that was trained on, by an opening that resembles what stood before it or one that
    // does not. Below -1, where it is least, a fall that is larger still would count as a sign of membership.
    static double Evidence(double z)
    {
        var least = Math.Max(z, -1);
        return 2 * least + least * least;
    }

    (double[][] Common, double[][] Deviation) Calibrate(ShadowTraining shadows)
    {
        if (shadows.Batches.Count < 2)
            throw new ArgumentException($"There are {shadows.Batches.Count} shadow batches; 2 are the least.", nameof(shadows));
        var all = shadows.Batches.Select((b, i) => (Rises: Rises(shadows.Defence(_target.Update(b, shadows.Steps, shadows.Rate), i)), Tokens: b.SelectMany(s => s).ToHashSet())).ToList();
        // Of a token that a shadow holds its update tells something else: what it is to be a member.
        var outside = Enumerable.Range(0, _target.Vocabulary).Select(t => all.Where(a => !a.Tokens.Contains(t)).Select(a => a.Rises).ToList()).ToList();
        double[][] common = [.. _openings.Select((_, o) => outside.Select((a, t) => a.Select(r => r[o][t]).DefaultIfEmpty(0).Average()).ToArray())];
        return (common, [.. _openings.Select((_, o) => Deviations([.. outside.Select((a, t) => a.Select(r => Math.Pow(r[o][t] - common[o][t], 2)).DefaultIfEmpty(0).Average())]))]);
    }

    static double[] Deviations(double[] variances)
    {
        var shared = SharedVariance * variances.Average();
        return [.. variances.Select(v => Math.Sqrt((1 - SharedVariance) * v + shared) is > 0 and var d ? d : 1)];
    }

    /// <summary>By opening and token: how the log-probability changes, about the opening's mean and in units of the root mean square of all.</summary>
    double[][] Rises(IReadOnlyDictionary<string, float[]> update)
    {
        _target.Apply(update, 1);
        double[][] rises;
        try
        {
            rises = [.. LogProbabilities().Zip(_before, (after, before) => Centred(after, before))];
        }
        finally
        {
            _target.Apply(update, -1);
        }
        var scale = Math.Sqrt(Dot(rises, rises) / (rises.Length * _target.Vocabulary));
        return scale == 0 ? rises : [.. rises.Select(r => Array.ConvertAll(r, v => v / scale))];
    }

    static double[] Centred(float[] after, float[] before)
    {
        double[] rise = [.. after.Zip(before, (a, b) => (double)a - b)];
        var mean = rise.Average();
        return Array.ConvertAll(rise, r => r - mean);
    }

    float[][] LogProbabilities() => [.. _openings.Select(o => _target.NextLogProbabilities(o))];

    /// <summary>Texts of the tokens found alone, each once, in the order that the updated model finds likeliest; one from each of the first tokens.</summary>
    List<int[]> Write(IReadOnlyDictionary<string, float[]> update, int[] found, int texts, int length)
    {
        _target.Apply(update, 1);
        try
        {
            return [.. found.Take(texts).Select(first => Continue(first, found, length))];
        }
        finally
        {
            _target.Apply(update, -1);
        }
    }

    int[] Continue(int first, int[] found, int length)
    {
        List<int> text = [first];
        var left = found.Except(text).ToList();
        while (text.Count < length && left.Count > 0)
        {
            var logs = _target.NextLogProbabilities(text);
            var next = left.MaxBy(t => logs[t]);
            text.Add(next);
            left.Remove(next);
        }
        return [.. text];
    }

    static double Dot(double[][] a, double[][] b)
    {
        var sum = 0.0;
        for (var o = 0; o < a.Length; o++)
        {
            for (var t = 0; t < a[o].Length; t++)
                sum += a[o][t] * b[o][t];
        }
        return sum;
    }
}

/// <summary>Updates that the attacker makes from data of its own, trained as the client trains.</summary>
/// <param name="Batches">2 or more, as large as the client's.</param>
/// <param name="Steps">1 or more.</param>
/// <param name="Rate">Above 0.</param>
public sealed record ShadowTraining(IReadOnlyList<int[][]> Batches, int Steps, double Rate)
{
    /// <summary>What a site does to an update before it sends it, from the update and its number: attackers know the rules, so their own updates are treated alike. Default nothing.</summary>
    public Func<IReadOnlyDictionary<string, float[]>, int, IReadOnlyDictionary<string, float[]>> Defence { get; init; } = (update, _) => update;
}
