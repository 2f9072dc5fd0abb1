using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>How near a run is to its stop rule.</summary>
/// <param name="BestVersion">The version with the best value.</param>
/// <param name="Best">Its value.</param>
/// <param name="Reason">target or patience once the rule is met; null until then.</param>
sealed record StopProgress(int BestVersion, double Best, string? Reason)
{
    /// <summary>Takes one finished evaluation into account; one without samples says nothing.</summary>
    public static StopProgress? After(StopProgress? before, StopSettings rule, int version, EvaluationTotal total)
    {
        if (total.Samples == 0 || before?.Reason is not null)
            return before;
        var value = rule.IsLossBased ? total.LossSum / total.Samples : (double)total.Correct / total.Samples;
        var sign = rule.IsLossBased ? -1 : 1;
        var next = before is null || sign * (value - before.Best) > rule.MinDelta ? new StopProgress(version, value, null) : before;
        if (rule.Target is { } target && sign * (value - target) >= 0)
            return next with { Reason = "target" };
        return rule.Patience > 0 && version - next.BestVersion >= rule.Patience ? next with { Reason = "patience" } : next;
    }
}
