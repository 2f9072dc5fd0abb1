using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Runs;

namespace Federated.Server.Privacy;

/// <summary>What a run's trust mode and privacy section exclude, known before the run exists.</summary>
static class PrivacyRules
{
    public const string TrustNone = "none";

    /// <summary>Sentences; empty when the run may be created. That a central mechanism needs rules of linear sums is the catalogue's own check.</summary>
    public static IReadOnlyList<string> Refusals(RunSpec spec)
    {
        var refusals = new List<string>();
        if (spec.Trust == TrustNone)
            AddTrustNone(spec, refusals);
        if (spec.Privacy is { } privacy)
            AddPrivacy(spec, privacy, refusals);
        if (UpdateEncodings.HasFeedback(spec.Encoding) && (spec.Privacy is not null || spec.Trust == TrustNone))
            refusals.Add($"run.encoding is '{spec.Encoding}'; what it leaves out of one update a client adds to its next, and no noise covers that. Without it: f32, f16 or bf16.");
        return refusals;
    }

    static void AddTrustNone(RunSpec spec, List<string> refusals)
    {
        if (spec.Privacy is not { At: NoisePlace.Site })
            refusals.Add("run.trust is 'none' and run.privacy.at is not 'site': without noise at the site the server would see what it must not.");
        if (spec.Evaluate is not null)
            refusals.Add("run.trust is 'none' and run.evaluate is given: sums over held-out examples would leave the sites without noise.");
        if (Weigher(spec) != "uniform")
            refusals.Add($"run.trust is 'none' and run.weigher is '{Weigher(spec)}'; only 'uniform' asks no counts of the sites.");
    }

    static void AddPrivacy(RunSpec spec, PrivacySettings privacy, List<string> refusals)
    {
        if (privacy.IsCentral && Weigher(spec) != "uniform")
            refusals.Add($"run.weigher is '{Weigher(spec)}'; under run.privacy every client weighs the same ('uniform'), because weights by samples or by updates would widen what one client can change.");
        if (privacy.IsCentral && spec.Asynchrony is not null)
            refusals.Add("run.privacy.at is 'server' and run.asynchrony is given; the ledger counts rounds whose updates all start from one version.");
        if (privacy.IsCentral && privacy.Unit == PrivacyUnit.Record)
            refusals.Add("run.privacy.unit is 'record' and run.privacy.at is 'server'; only a site can bound what one of its records changes.");
        if (!privacy.IsCentral && privacy.Noise.Adaptive is not null)
            refusals.Add("run.privacy.adaptive is given and run.privacy.at is 'site'; a bound that follows the sites' norms needs the server's noised count.");
        if (privacy.Noise.Adaptive is { } adaptive && privacy.Noise.Noise >= 2 * adaptive.CountNoise)
            refusals.Add(FormattableString.Invariant($"run.privacy.noise is {privacy.Noise.Noise}; with run.privacy.adaptive it must be below twice countNoise, {2 * adaptive.CountNoise}."));
        else if (privacy.IsCountedHere && privacy.Budget.Cost(privacy.Event(spec.Strategy), 1) is var first && first > privacy.Budget.Epsilon)
            refusals.Add(FormattableString.Invariant($"run.privacy.epsilon is {privacy.Budget.Epsilon}; the first round alone costs {first:g4} at delta {privacy.Budget.Delta}. More noise, or a larger budget, is needed."));
    }

    static string Weigher(RunSpec spec) => StrategyCatalog.Default.Compose(spec.Strategy).Strategies[StrategyKind.Weigher].Name;
}
