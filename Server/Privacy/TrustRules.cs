using Federated.Server.Faults;
using Federated.Server.Fleet.Messages;
using Federated.Server.Runs;

namespace Federated.Server.Privacy;

/// <summary>In trust mode none a message that says more than it may is refused, not ignored: the site that sent it must learn that it leaks.</summary>
static class TrustRules
{
    public static Refusal? Check(RunSpec spec, ClientSaid.JoinRun join) => spec.Trust != PrivacyRules.TrustNone ? null
        : join.TrainingSamples != 0 ? Contradiction("join.training_samples", join.TrainingSamples)
        : join.EvaluationSamples != 0 ? Contradiction("join.evaluation_samples", join.EvaluationSamples)
        : null;

    public static Refusal? Check(RunSpec spec, long updateSamples, double? trainingLoss) => spec.Trust != PrivacyRules.TrustNone ? null
        : updateSamples != 0 ? Contradiction("header.samples", updateSamples)
        : trainingLoss is { } loss ? Contradiction("header.training_loss", loss)
        : null;

    public static Refusal? Check(RunSpec spec, ClientSaid.Progress progress) =>
        spec.Trust != PrivacyRules.TrustNone || double.IsNaN(progress.Loss) ? null : Contradiction("progress.loss", progress.Loss);

    static Refusal Contradiction(string field, object value) =>
        new(Fault.TrustContradicted, FormattableString.Invariant($"{field} is {value}; the run's trust mode is none, in which it is withheld."));
}
