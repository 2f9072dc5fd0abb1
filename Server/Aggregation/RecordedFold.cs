using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Sums;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Folds exactly what a record names, from memory-mapped spools: the same record gives the same bytes, now or later.</summary>
sealed class RecordedFold(IBlobStore blobs, IUpdateSpools spools, AdapterCache adapters, WorkerOptions options)
{
    /// <param name="order">The record.</param>
    /// <param name="start">What the round starts from.</param>
    /// <param name="diagnose">Whether the result is to have diagnostics; on one thread, because nobody waits for them.</param>
    /// <param name="use">Makes something of the result while the updates are mapped.</param>
    /// <param name="stopping">Ends the fold.</param>
    /// <exception cref="UpdatesLostException">Accepted updates are missing or corrupt.</exception>
    /// <exception cref="FoldRefusedException">The updates cannot be combined.</exception>
    public T Run<T>(FoldOrder order, RecordedStart start, bool diagnose, Func<FoldResult, IReadOnlyList<Contribution>, T> use, CancellationToken stopping)
    {
        var open = new List<IUpdateBytes>();
        try
        {
            var input = new FoldInput(start.Previous, Contributions(order, open)) { State = start.State, Mechanism = start.Mechanism, Round = order.Plan.FoldRound };
            var composition = StrategyCatalog.Default.Compose(order.Spec.Strategy);
            return use(new Fold(composition).Run(input, new FoldLimits(diagnose ? 1 : options.Threads, options.MemoryBytes, diagnose), stopping), input.Contributions);
        }
        finally
        {
            open.ForEach(o => o.Dispose());
        }
    }

    List<Contribution> Contributions(FoldOrder order, List<IUpdateBytes> open)
    {
        var lost = new List<string>();
        Refusal? reason = null;
        foreach (var update in order.Accepted.Updates)
        {
            try
            {
                open.Add(spools.Read(new SpoolKey(order.Plan.Run, update.StartRound ?? order.Plan.Round, update.Digest)));
            }
            catch (FaultException e) when (e.Refusal.Fault is Fault.SpoolCorrupt or Fault.BlobNotFound)
            {
                lost.Add(update.Client);
                reason = e.Refusal;
            }
        }
        if (reason is not null)
            throw new UpdatesLostException(lost, reason);
        var starts = new Dictionary<int, AdapterTensors>();
        return [.. order.Accepted.Updates.Zip(open, (update, bytes) => Contribution(order, update, bytes, starts))];
    }

    Contribution Contribution(FoldOrder order, AcceptedUpdate update, IUpdateBytes bytes, Dictionary<int, AdapterTensors> starts)
    {
        var start = order.StartOf(update);
        var layout = adapters.Get(start.SchemaDigest, order.PlanOf(update)).Layout;
        var encoding = UpdateEncodings.Of(order.Spec.Encoding);
        // The header's length varies; the tensors are the last bytes, of a size that the layout fixes.
        var delta = new EncodedDelta(layout, encoding, bytes, bytes.Length - layout.Trained().EncodedBytes(encoding));
        var contribution = new Contribution(update.Client, update.Samples, layout, delta) { Assignment = update.AssignmentId };
        if (update.StartVersion is not { } version)
            return contribution;
        if (!starts.TryGetValue(version, out var tensors))
            starts[version] = tensors = GroupFiles.Read(blobs, layout, start);
        return contribution with { Start = tensors, Staleness = order.VersionIn.Version - version };
    }
}

/// <param name="Previous">The values of the version that the round started from.</param>
/// <param name="State">What the strategy remembers.</param>
/// <param name="Mechanism">The server's noise; null where it adds none.</param>
sealed record RecordedStart(AdapterTensors Previous, StrategyState State, ISumMechanism? Mechanism);

/// <summary>Bytes of accepted updates are gone or changed on disk. Only their clients can make them again.</summary>
sealed class UpdatesLostException(IReadOnlyList<string> clients, Refusal reason) : Exception(reason.Message)
{
    public IReadOnlyList<string> Clients => clients;

    public Refusal Reason => reason;
}
