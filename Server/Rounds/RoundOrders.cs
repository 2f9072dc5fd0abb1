using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Fleet.Messages;
using Federated.Server.Privacy;
using Federated.Server.Rounds.Phases;
using Federated.Server.Runs;

namespace Federated.Server.Rounds;

/// <summary>Assignments as they are pushed.</summary>
static class RoundOrders
{
    public static ServerSays.Train Train(RoundState state, Participation work, long nowMs, string? traceParent)
    {
        var start = state.StartOf(work);
        var own = state.PlannedStart(work);
        var order = new WorkOrder(work.AssignmentId, state.Run, work.StartRound, work.StartManifest)
        {
            SchemaDigest = start.SchemaDigest,
            PlanDigest = own?.Plan ?? start.PlanDigest,
            PlanVersion = own is null ? start.PlanVersion : start.Planning!.PlanVersion,
            TraceParent = traceParent,
            // A late update still counts where the run is asynchronous, so only the client's own deadline binds it.
            RemainingMs = Remaining(Math.Min(state.Spec.Asynchrony is null ? state.DeadlineMs : long.MaxValue, Deadlines.OfClient(state, work)), nowMs),
        };
        return new ServerSays.Train(order, Settings(state, work));
    }

    static TrainOrder Settings(RoundState state, Participation work)
    {
        var own = state.PlannedStart(work);
        var batch = own is null ? state.Spec.Train.BatchSize : state.StartOf(work).Planning!.Clients[work.Client].Choice.Batch;
        return new(own?.Steps ?? state.Spec.Train.Steps, batch, state.Spec.Train.Optimizer, state.Plan?.LearningRate ?? state.Spec.Train.LearningRate)
        {
            MeasureBatches = own is null && state.Spec.Planning is { } planning ? planning.Measured : [],
            TellCost = state.Spec.Planning is not null,
            WeightDecay = state.Spec.Train.WeightDecay,
            Momentum = state.Spec.Train.Momentum,
            ClipNorm = state.Spec.Train.ClipNorm,
            Proximal = state.Spec.Train.Proximal,
            Encoding = state.Spec.Encoding,
            Seed = RoundSeeds.For(state.Spec.Seed, work.StartRound, work.Client),
            Gauge = Gauge(state, work),
            Mechanism = Mechanism(state.Spec.Privacy),
        };
    }

    // A rule that gives the factors a new basis every round makes what was left out in the old one meaningless.
    static string Gauge(RoundState state, Participation work)
    {
        if (!UpdateEncodings.HasFeedback(state.Spec.Encoding))
            return "";
        var start = state.StartOf(work);
        return StrategyCatalog.Default.Compose(state.Spec.Strategy).Strategies[StrategyKind.Product].Capabilities.KeepsGauge ? start.PlanDigest : start.ManifestDigest;
    }

    public static ServerSays.Evaluate Evaluate(RoundState state, EvaluationRound evaluation, EvaluationEntry entry, long nowMs, string? traceParent) => new(
        new WorkOrder(entry.AssignmentId, state.Run, evaluation.Version, evaluation.Target.ManifestDigest)
        {
            SchemaDigest = evaluation.Target.SchemaDigest,
            PlanDigest = evaluation.Target.PlanDigest,
            PlanVersion = evaluation.Target.PlanVersion,
            RemainingMs = Remaining(evaluation.DeadlineMs, nowMs),
            TraceParent = traceParent,
        },
        state.Spec.Evaluate!.BatchSize,
        state.Spec.Evaluate.MaxSamples);

    static SiteMechanism? Mechanism(PrivacySettings? privacy) => privacy is not { At: NoisePlace.Site } ? null : new SiteMechanism(
        privacy.Unit.ToString().ToLowerInvariant(), privacy.Noise.Clip, privacy.Noise.Noise, privacy.Budget.Epsilon, privacy.Budget.Delta, privacy.Budget.Accountant);

    // 0 means none on the wire, so a deadline that has just passed is 1.
    static long Remaining(long deadlineMs, long nowMs) => deadlineMs == long.MaxValue ? 0 : Math.Max(1, deadlineMs - nowMs);
}
