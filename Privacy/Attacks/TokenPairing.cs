using Federated.Privacy.Probes;

namespace Federated.Privacy.Attacks;

/// <summary>
/// Whole sequences from candidates by position: a beam of prefixes, each extended by the candidates of the next position, ranked by how near block 1's input of
/// the prefix lies to the span of block 1's update, and by what the model itself finds likely. The paper names this stage only; the rule is DAGER's second layer
/// with a language model's term added.
/// </summary>
/// <param name="Beam">Prefixes kept, 1 or more.</param>
/// <param name="LanguageWeight">Weight of a token's negative log-probability beside the logarithm of the distance; 0 leaves the model out.</param>
public sealed record TokenPairing(int Beam = 32, double LanguageWeight = 0.1)
{
    // Below this a distance is rounding; its logarithm must not win against everything else.
    const double Floor = 1e-4;

    /// <summary>The best sequences, best first.</summary>
    /// <param name="target">The model.</param>
    /// <param name="second">Block 1's basis; null ranks by the model alone.</param>
    /// <param name="candidates">By position.</param>
    /// <param name="count">Sequences wanted, 1 or more.</param>
    public IReadOnlyList<int[]> Sequences(IAttackTarget target, SpanBasis? second, IReadOnlyList<IReadOnlyList<int>> candidates, int count)
    {
        var beam = new List<(double Cost, int[] Tokens)> { (0, []) };
        var ended = new List<(double Cost, int[] Tokens)>();
        foreach (var position in candidates)
        {
            var extended = new List<(double Cost, int[] Tokens)>();
            foreach (var prefix in beam)
                extended.AddRange(Extend(target, second, prefix, position));
            // A sequence that nothing continues as well as it stood is over.
            if (extended.Count == 0)
                break;
            beam = [.. extended.OrderBy(p => p.Cost / p.Tokens.Length).Take(Beam)];
            ended.AddRange(beam);
        }
        return Longest(ended, count);
    }

    IEnumerable<(double Cost, int[] Tokens)> Extend(IAttackTarget target, SpanBasis? second, (double Cost, int[] Tokens) prefix, IReadOnlyList<int> candidates)
    {
        var likely = LanguageWeight > 0 && prefix.Tokens.Length > 0 ? target.NextLogProbabilities(prefix.Tokens) : null;
        foreach (var token in candidates)
        {
            int[] tokens = [.. prefix.Tokens, token];
            var cost = prefix.Cost - LanguageWeight * (likely?[token] ?? 0);
            if (second is not null && target.SecondInput(tokens) is { } input)
                cost += Math.Log(Math.Max(Floor, second.Distance(input)));
            yield return (cost, tokens);
        }
    }

    // One sequence for each start that survives, the cheapest a token; what is a prefix of a chosen one says nothing new.
    static List<int[]> Longest(List<(double Cost, int[] Tokens)> ended, int count)
    {
        var chosen = new List<int[]>();
        foreach (var (_, tokens) in ended.OrderByDescending(e => e.Tokens.Length).ThenBy(e => e.Cost / e.Tokens.Length))
        {
            if (chosen.Count < count && !chosen.Any(c => Overlap(c, tokens) > 0.7))
                chosen.Add(tokens);
        }
        return chosen;
    }

    static double Overlap(int[] a, int[] b) => a.Zip(b, (x, y) => x == y ? 1 : 0).Sum() / (double)Math.Min(a.Length, b.Length);
}
