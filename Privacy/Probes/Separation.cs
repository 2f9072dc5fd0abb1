namespace Federated.Privacy.Probes;

/// <summary>How well a score tells members from controls; a low score speaks for a member.</summary>
/// <param name="Members">How many.</param>
/// <param name="Controls">How many.</param>
/// <param name="Auc">P[member scores lower than control], ties half: 0.5 is a coin.</param>
/// <param name="AucError">Its standard error (Hanley, McNeil 1982).</param>
/// <param name="Recall">Share of members among the lowest |members| scores.</param>
/// <param name="Advantage">Largest difference of true and false positive rate over all thresholds.</param>
/// <param name="AdvantageFloor">Lower end of its 95 % interval (Dvoretzky, Kiefer, Wolfowitz, Massart), 0 or more.</param>
/// <param name="ExactHits">Share of members below <see cref="ExactThreshold"/>.</param>
public sealed record Separation(int Members, int Controls, double Auc, double AucError, double Recall, double Advantage, double AdvantageFloor, double ExactHits)
{
    /// <summary>A relative distance below this is a vector of the span but for fp32 rounding.</summary>
    public const double ExactThreshold = 1e-3;

    /// <summary>95 % interval of <see cref="Auc"/>.</summary>
    public (double Low, double High) AucInterval => (Math.Max(0, Auc - 1.96 * AucError), Math.Min(1, Auc + 1.96 * AucError));

    /// <summary>Measures scores.</summary>
    /// <param name="members">1 or more.</param>
    /// <param name="controls">1 or more.</param>
    public static Separation Of(IReadOnlyList<double> members, IReadOnlyList<double> controls)
    {
        if (members.Count == 0 || controls.Count == 0)
            throw new ArgumentException($"There are {members.Count} members and {controls.Count} controls; one of each is the least.", nameof(members));
        var all = members.Select(s => (Score: s, IsMember: true)).Concat(controls.Select(s => (Score: s, IsMember: false))).OrderBy(x => x.Score).ToList();
        var (wins, advantage, trueBelow, falseBelow) = (0.0, 0.0, 0, 0);
        var found = 0.0;
        for (var i = 0; i < all.Count;)
        {
            // Equal scores stand together: no threshold lies between them.
            var end = i;
            while (end < all.Count && all[end].Score == all[i].Score)
                end++;
            var (m, c) = (all[i..end].Count(x => x.IsMember), all[i..end].Count(x => !x.IsMember));
            wins += m * (controls.Count - falseBelow - c / 2.0);
            found += m * Math.Clamp((members.Count - i) / (double)(end - i), 0, 1);
            (trueBelow, falseBelow) = (trueBelow + m, falseBelow + c);
            advantage = Math.Max(advantage, trueBelow / (double)members.Count - falseBelow / (double)controls.Count);
            i = end;
        }
        var auc = wins / members.Count / controls.Count;
        return new Separation(members.Count, controls.Count, auc, Error(auc, members.Count, controls.Count), found / members.Count, advantage,
            Math.Max(0, advantage - Deviation(members.Count) - Deviation(controls.Count)), members.Count(s => s < ExactThreshold) / (double)members.Count);
    }

    // Two one-sided bounds at 2.5 % each: sqrt(ln(1 / 0.025) / 2n).
    static double Deviation(int count) => Math.Sqrt(Math.Log(40) / (2 * count));

    static double Error(double auc, int members, int controls)
    {
        var (q1, q2) = (auc / (2 - auc), 2 * auc * auc / (1 + auc));
        return Math.Sqrt(Math.Max(0, auc * (1 - auc) + (members - 1) * (q1 - auc * auc) + (controls - 1) * (q2 - auc * auc)) / ((double)members * controls));
    }
}
