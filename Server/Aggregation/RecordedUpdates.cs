using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>The updates that a record names, mapped: what each of them says of a part of the adapter.</summary>
sealed class RecordedUpdates : IDisposable
{
    readonly List<RecordedUpdate> _updates = [];
    readonly FoldOrder _order;
    readonly IBlobStore _blobs;

    /// <exception cref="UpdatesLostException">Accepted updates are missing or corrupt.</exception>
    public RecordedUpdates(FoldOrder order, IBlobStore blobs, IUpdateSpools spools, AdapterCache adapters)
    {
        (_order, _blobs) = (order, blobs);
        var lost = new List<string>();
        Refusal? reason = null;
        foreach (var update in order.Accepted.Updates)
        {
            try
            {
                var layout = adapters.Get(order.StartOf(update).SchemaDigest, order.PlanOf(update)).Layout;
                _updates.Add(new RecordedUpdate(update, layout, spools.Read(new SpoolKey(order.Plan.Run, update.StartRound ?? order.Plan.Round, update.Digest))));
            }
            catch (FaultException e) when (e.Refusal.Fault is Fault.SpoolCorrupt or Fault.BlobNotFound)
            {
                lost.Add(update.Client);
                reason = e.Refusal;
            }
        }
        if (reason is null)
            return;
        Dispose();
        throw new UpdatesLostException(lost, reason);
    }

    public FoldOrder Order => _order;

    public int Count => _updates.Count;

    /// <summary>In the record's order, without those whose clients train nothing of the part.</summary>
    public IReadOnlyList<Contribution> Of(AdapterLayout part)
    {
        var starts = new Dictionary<(int, string), AdapterTensors>();
        return [.. _updates.Select(u => Contribution(u, part, starts)).OfType<Contribution>()];
    }

    /// <summary>The part was folded: its bytes are not looked at again.</summary>
    public void Release(AdapterLayout part)
    {
        foreach (var update in _updates)
        {
            if (AdapterParts.Within(update.Layout, part) is { } own)
                update.Bytes.Release(update.OffsetOf(own, Encoding), own.Trained().EncodedBytes(Encoding));
        }
    }

    public void Dispose() => _updates.ForEach(u => u.Bytes.Dispose());

    TensorEncoding Encoding => UpdateEncodings.Of(_order.Spec.Encoding);

    Contribution? Contribution(RecordedUpdate update, AdapterLayout part, Dictionary<(int, string), AdapterTensors> starts)
    {
        if (AdapterParts.Within(update.Layout, part) is not { } layout)
            return null;
        var accepted = update.Accepted;
        var contribution = new Contribution(accepted.Client, accepted.Samples, layout, new EncodedDelta(layout, Encoding, update.Bytes, update.OffsetOf(layout, Encoding)))
        {
            Assignment = accepted.AssignmentId,
        };
        if (accepted.StartVersion is not { } version)
            return contribution;
        // A start point is compared by its layout, so clients share one only where they share the plan.
        if (!starts.TryGetValue((version, _order.PlanOf(accepted)), out var tensors))
            starts[(version, _order.PlanOf(accepted))] = tensors = GroupFiles.Read(_blobs, layout, _order.StartOf(accepted));
        return contribution with { Layout = tensors.Layout, Start = tensors, Staleness = _order.VersionIn.Version - version };
    }
}

/// <param name="Accepted">What the record says of it.</param>
/// <param name="Layout">The client's full layout.</param>
/// <param name="Bytes">Header and tensors.</param>
sealed record RecordedUpdate(AcceptedUpdate Accepted, AdapterLayout Layout, IStoredBytes Bytes)
{
    /// <summary>Where a part's first tensor begins. The header's length varies; the tensors are the last bytes, of sizes that the layout fixes.</summary>
    public long OffsetOf(AdapterLayout part, TensorEncoding encoding)
    {
        var first = Layout.Groups.First(g => g.Group.Name == part.Groups[0].Group.Name);
        var rest = Layout.Tensors.Where(t => t.Trained && t.Group >= first.Index).Sum(t => (long)DeltaCodec.EncodedBytes(encoding, t.Elements));
        return Bytes.Length - rest;
    }
}

/// <summary>Bytes of accepted updates are gone or changed on disk. Only their clients can make them again.</summary>
sealed class UpdatesLostException(IReadOnlyList<string> clients, Refusal reason) : Exception(reason.Message)
{
    public IReadOnlyList<string> Clients => clients;

    public Refusal Reason => reason;
}
