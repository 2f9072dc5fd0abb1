using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Planning;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Transport.Uploads;

/// <summary>Judges updates: the header before the bytes travel, the values before they count.</summary>
sealed class UpdateIntake(RunDirectory runs, IRunStore store, IUpdateSpools spools, AdapterCache adapters, TransferMeter meter)
{
    /// <summary>An outcome where no bytes are needed; null where they are welcome.</summary>
    public async Task<UploadSays.Outcome?> OfferAsync(UploadSaid.Open open, UploadHeader header, CancellationToken stopping)
    {
        if (runs.Find(header.Run) is not { } loop || AssignmentIds.RunOf(header.AssignmentId) != header.Run)
            return Rejected(new Refusal(Fault.AssignmentUnknown, $"There is no assignment {header.AssignmentId} for client '{header.Client}'."));
        var offer = new RoundCommand.UpdateOffered(header.Client, header.AssignmentId, open.Digest);
        var outcome = loop.Answer(offer) ?? await loop.SendAsync(offer, stopping);
        if (outcome.Kind != OutcomeKind.Done)
            return await FromRecordAsync(outcome, open, header, stopping);
        var state = loop.Current.State;
        if (state.AssignmentOf(header.Client, header.AssignmentId) is not { State: ParticipationState.Assigned } assignment)
            return Late(state, header);
        return CheckHeader(state, assignment, open, header) is { } refusal ? await RefuseAsync(loop, header, refusal, stopping) : null;
    }

    /// <summary>With all bytes there and of the announced digest: validates them.</summary>
    public UpdateArrival Examine(UploadSaid.Open open, UploadHeader header)
    {
        var loop = runs.Get(header.Run);
        var state = loop.Current.State;
        if (state.AssignmentOf(header.Client, header.AssignmentId) is { State: ParticipationState.Assigned } assignment
            && CheckBytes(state, assignment, open, header) is { } refusal)
            return new UpdateArrival.Refused(refusal);
        var update = new RoundCommand.UpdateArrived(header.Client, header.AssignmentId, open.Digest, open.Size)
        {
            Samples = header.Samples,
            TrainingLoss = header.TrainingLoss,
            Measured = state.Spec.Planning is null ? null : header.Cost,
            Report = Report(state, header),
        };
        return new UpdateArrival.Good(update, loop.Expect(update));
    }

    /// <summary>With the bytes durable: lets them count.</summary>
    public async Task<UploadSays.Outcome> AcceptAsync(UpdateArrival arrival, UploadSaid.Open open, UploadHeader header, CancellationToken stopping)
    {
        var loop = runs.Get(header.Run);
        if (arrival is UpdateArrival.Refused refused)
            return await RefuseAsync(loop, header, refused.Reason, stopping);
        var update = ((UpdateArrival.Good)arrival).Arrive(meter.Take(header.Client));
        return await FromRecordAsync(await loop.SendAsync(update, stopping), open, header, stopping);
    }

    // A receipt of an earlier round outlives the round's state, so the store has the last word.
    async Task<UploadSays.Outcome> FromRecordAsync(StepOutcome outcome, UploadSaid.Open open, UploadHeader header, CancellationToken stopping)
    {
        if (outcome.Kind is OutcomeKind.Done or OutcomeKind.Known)
            return new UploadSays.Outcome(UploadResult.Accepted, null, open.Digest);
        if (await store.ReceiptAsync(header.Run, header.AssignmentId, stopping) is { } receipt && receipt.Client == header.Client)
        {
            return receipt.Digest == open.Digest
                ? new UploadSays.Outcome(UploadResult.Accepted, null, receipt.Digest)
                : Rejected(new Refusal(Fault.AnotherDigest, $"Assignment {header.AssignmentId} has the accepted update {receipt.Digest}, not {open.Digest}."));
        }
        return new UploadSays.Outcome(outcome.Kind == OutcomeKind.Discarded ? UploadResult.Discarded : UploadResult.Rejected, outcome.Refusal, null);
    }

    static async Task<UploadSays.Outcome> RefuseAsync(RoundLoop loop, UploadHeader header, Refusal refusal, CancellationToken stopping)
    {
        await loop.SendAsync(new RoundCommand.UpdateRefused(header.Client, header.AssignmentId, refusal.Fault), stopping);
        return Rejected(refusal);
    }

    Refusal? CheckHeader(RoundState state, Participation assignment, UploadSaid.Open open, UploadHeader header)
    {
        if (UpdateRules.CheckHeader(state, assignment, header) is { } mismatch)
            return mismatch;
        var validator = Validator(state, assignment);
        if (open.Size != open.Header.Length + validator.Bytes)
            return new Refusal(Fault.UpdateSizeMismatch, $"The update has {open.Size} bytes; header {open.Header.Length} and tensors {validator.Bytes} make {open.Header.Length + validator.Bytes}.");
        var schema = Adapter(state, assignment).Schema;
        var rejection = validator.CheckHeader(new UpdateHeader(schema.Digest, schema.BaseDigest, header.PlanVersion, header.Tensors));
        return rejection is { } r ? UpdateRules.ToRefusal(r) : null;
    }

    Refusal? CheckBytes(RoundState state, Participation assignment, UploadSaid.Open open, UploadHeader header)
    {
        using var bytes = spools.Read(new SpoolKey(header.Run, header.Round, open.Digest));
        // The digest covers the spooled header; that this stream announced the same one does not follow from it.
        if (bytes.Length != open.Size || !bytes.Span(0, open.Header.Length).SequenceEqual(open.Header))
            return new Refusal(Fault.HeaderMismatch, "The spooled bytes do not begin with the announced header.");
        return Validator(state, assignment).CheckBytes(new PassingBytes(bytes), open.Header.Length) is { } rejection ? UpdateRules.ToRefusal(rejection) : null;
    }

    // A client with a plan of its own has measured before; what it says of a part of the matrices would bias the whole.
    SiteReport? Report(RoundState state, UploadHeader header)
    {
        if (state.Spec.Planning is null || header.Measurement is not { } measurement
            || state.AssignmentOf(header.Client, header.AssignmentId) is not { } assignment || state.PlannedStart(assignment) is not null)
            return null;
        return measurement.Report(header.Client, header.Samples, Adapter(state, assignment).Layout.Trained().TotalElements);
    }

    RunAdapter Adapter(RoundState state, Participation assignment)
    {
        var start = state.StartOf(assignment);
        return adapters.Get(start.SchemaDigest, state.PlannedStart(assignment)?.Plan ?? start.PlanDigest);
    }

    UpdateValidator Validator(RoundState state, Participation assignment) =>
        Adapter(state, assignment).Validator(state.Spec.Encoding, state.Spec.UpdateNormLimit);

    // The round closed between the loop's answer and this look at its state.
    static UploadSays.Outcome Late(RoundState state, UploadHeader header) => new(
        UploadResult.Discarded, new Refusal(Fault.UpdateLate, $"Assignment {header.AssignmentId} is over; the run is in round {state.Round}, attempt {state.Attempt}."), null);

    static UploadSays.Outcome Rejected(Refusal refusal) => new(UploadResult.Rejected, refusal, null);
}
