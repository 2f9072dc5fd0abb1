namespace Federated.Privacy.Attacks;

/// <summary>
/// Whether a secret comes out: word for word in a reconstructed sequence, or as what the model continues a note's beginning with once the client's update is on it.
/// </summary>
public static class PiiRecovery
{
    /// <summary>Whether the secret's tokens stand together in a sequence; the last one may be missing, since no loss follows it.</summary>
    public static bool IsIn(IReadOnlyList<int> sequence, IReadOnlyList<int> secret, bool mayLackTheLast)
    {
        for (var start = 0; start < sequence.Count; start++)
        {
            var same = 0;
            while (same < secret.Count && start + same < sequence.Count && sequence[start + same] == secret[same])
                same++;
            if (same == secret.Count || mayLackTheLast && same == secret.Count - 1 && start + same == sequence.Count && same > 0)
                return true;
        }
        return false;
    }

    /// <summary>The greedy continuation of a prompt under the model with a client's update.</summary>
    public static int[] Elicit(IAttackTarget target, IReadOnlyDictionary<string, float[]> update, IReadOnlyList<int> prompt, int count)
    {
        target.Apply(update, 1);
        try
        {
            var tokens = prompt.ToList();
            for (var i = 0; i < count && tokens.Count < target.MaxLength; i++)
                tokens.Add(Best(target.NextLogProbabilities(tokens)));
            return [.. tokens.Skip(prompt.Count)];
        }
        finally
        {
            target.Apply(update, -1);
        }
    }

    /// <summary>Share of secrets that were found; 0 where there are none.</summary>
    public static double Share(IReadOnlyList<AskedSecret> secrets, Func<AskedSecret, bool> found) => secrets.Count == 0 ? 0 : secrets.Count(found) / (double)secrets.Count;

    static int Best(float[] values) => Enumerable.Range(0, values.Length).MaxBy(i => values[i]);
}
