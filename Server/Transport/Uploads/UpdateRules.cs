using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;

namespace Federated.Server.Transport.Uploads;

/// <summary>What an update's header must say to belong to its assignment.</summary>
static class UpdateRules
{
    public static Refusal? CheckHeader(RoundState state, Participation assignment, UploadHeader header)
    {
        var start = state.StartOf(assignment);
        if (header.Round != assignment.StartRound)
            return Mismatch("round", header.Round, assignment.StartRound);
        if (header.SchemaDigest != start.SchemaDigest)
            return Mismatch("schema_digest", header.SchemaDigest, start.SchemaDigest);
        if (header.BaseDigest != state.Spec.Base)
            return Mismatch("base_digest", header.BaseDigest, state.Spec.Base);
        if (header.StartManifest != assignment.StartManifest)
            return Mismatch("start_manifest", header.StartManifest, assignment.StartManifest);
        var planVersion = state.PlannedStart(assignment) is null ? start.PlanVersion : start.Planning!.PlanVersion;
        if (header.PlanVersion != planVersion)
            return Mismatch("plan_version", header.PlanVersion, planVersion);
        if (TrustRules.Check(state.Spec, header.Samples, header.TrainingLoss) is { } contradiction)
            return contradiction;
        return header.Samples == 0 && Weigher(state) == "samples"
            ? new Refusal(Fault.SamplesMissing, "header.samples is 0; the run weighs updates by their samples, 1 is the least.")
            : null;
    }

    public static Refusal ToRefusal(UpdateRejection rejection) => new(
        rejection.Fault switch
        {
            UpdateFault.WrongSchema or UpdateFault.WrongBase or UpdateFault.WrongPlan => Fault.HeaderMismatch,
            UpdateFault.WrongSize => Fault.UpdateSizeMismatch,
            UpdateFault.NotFinite => Fault.UpdateNotFinite,
            UpdateFault.NormTooLarge => Fault.UpdateNormTooLarge,
            _ => Fault.TensorsMismatch,
        },
        rejection.Message);

    static string Weigher(RoundState state) => StrategyCatalog.Default.Compose(state.Spec.Strategy).Strategies[StrategyKind.Weigher].Name;

    static Refusal Mismatch(string field, object value, object expected) =>
        new(Fault.HeaderMismatch, $"header.{field} is {value}; the assignment has {expected}.");
}
