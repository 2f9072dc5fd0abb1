using System.Buffers;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Storage;
using Federated.Server.Transport.Seam;

namespace Federated.Server.Transport.Uploads;

/// <summary>One upload from its first frame to its outcome, over whatever carries it.</summary>
sealed class UploadSession(UploadServices services, IMessageStream<UploadSaid, UploadSays> stream, ClientCredential credential)
{
    // Where the client's next chunk begins at the earliest.
    long _expected;

    public async Task RunAsync(CancellationToken stopping)
    {
        if (await ReadAsync(stopping) is not UploadSaid.Open open)
            throw new FaultException(Fault.MessageUnexpected, "The first frame of an upload must be UploadOpen.");
        var header = ProtoMapping.ReadHeader(open.Header);
        RefuseOthers(header);
        using var lane = await services.Lanes.EnterAsync(header.Client, header.AssignmentId, stopping);
        try
        {
            var outcome = await TakeAsync(open, header, lane.Token);
            services.Phases.End(header.AssignmentId, services.Time.GetUtcNow().ToUnixTimeMilliseconds());
            await stream.WriteAsync(outcome, lane.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new FaultException(Fault.UpdateSuperseded, $"A newer upload of assignment {header.AssignmentId} took over.");
        }
    }

    async Task<UploadSays.Outcome> TakeAsync(UploadSaid.Open open, UploadHeader header, CancellationToken stopping)
    {
        if (await services.Intake.OfferAsync(open, header, stopping) is { } early)
            return early;
        using var spool = await services.Spools.OpenAsync(new SpoolKey(header.Run, header.Round, open.Digest), open.Size, stopping);
        if (!spool.IsComplete)
        {
            if (spool.Offset == 0)
                spool.Append(open.Header);
            if (!open.Unasked)
                await stream.WriteAsync(new UploadSays.Ready(spool.Offset), stopping);
            await ReceiveAsync(spool, open, stopping);
            if (!spool.Verify())
            {
                var refusal = new Refusal(Fault.UpdateDigestMismatch, $"The {open.Size} bytes do not have the digest {open.Digest}; begin again at 0.");
                services.Metrics.Refused(refusal);
                return new UploadSays.Outcome(UploadResult.Restart, refusal, null);
            }
        }
        return await ConcludeAsync(spool, open, header, stopping);
    }

    // The processor looks at the bytes while the disk takes them.
    async Task<UploadSays.Outcome> ConcludeAsync(ISpool spool, UploadSaid.Open open, UploadHeader header, CancellationToken stopping)
    {
        var flushing = spool.FlushAsync(stopping);
        try
        {
            using var arrival = services.Intake.Examine(open, header);
            await flushing;
            // The client may have been revoked while its bytes came.
            RefuseOthers(header);
            return await services.Intake.AcceptAsync(arrival, open, header, stopping);
        }
        finally
        {
            await flushing;
        }
    }

    void RefuseOthers(UploadHeader header)
    {
        if (services.Tokens.Refuses(header.Client, credential) is { } refusal)
            throw new FaultException(refusal);
    }

    async Task ReceiveAsync(ISpool spool, UploadSaid.Open open, CancellationToken stopping)
    {
        while (spool.Offset < open.Size)
            await ReceiveOneAsync(spool, open.Size, stopping);
        if (await ReadAsync(stopping) is not null)
            throw new FaultException(Fault.ChunkOutOfOrder, $"A frame came after all {open.Size} bytes.");
    }

    // A slow link must not hold memory that others could use: its share goes back while nothing comes, and is taken again for what came.
    async Task ReceiveOneAsync(ISpool spool, long size, CancellationToken stopping)
    {
        await services.Budget.AcquireAsync(stopping);
        var held = true;
        try
        {
            var reading = ReadAsync(stopping);
            if (!reading.IsCompleted && !await IsPromptAsync(reading))
            {
                services.Budget.Release();
                held = false;
                var frame = await reading;
                await services.Budget.AcquireAsync(stopping);
                held = true;
                Append(spool, size, frame);
                return;
            }
            Append(spool, size, await reading);
        }
        finally
        {
            if (held)
                services.Budget.Release();
        }
    }

    // A timer of our own: cancelling Task.Delay would complete it on the thread pool, where the simulator must not be led. Reading ends with the call.
    async Task<bool> IsPromptAsync(Task reading)
    {
        var over = new TaskCompletionSource();
        using var patience = services.Time.CreateTimer(_ => over.TrySetResult(), null, services.Options.Patience, Timeout.InfiniteTimeSpan);
        return await Task.WhenAny(reading, over.Task) == reading;
    }

    void Append(ISpool spool, long size, UploadSaid? frame)
    {
        if (frame is null)
            throw new FaultException(Fault.UpdateSizeMismatch, $"The upload ended at byte {spool.Offset} of {size}.");
        if (frame is not UploadSaid.Chunk chunk)
            throw new FaultException(Fault.MessageUnexpected, "Only chunks may follow UploadOpen.");
        // Who does not wait to be told where to begin sends what may be here already, once.
        var known = spool.Offset - chunk.Offset;
        if (known != 0 && (known < 0 || chunk.Offset < _expected))
            throw new FaultException(Fault.ChunkOutOfOrder, $"A chunk begins at byte {chunk.Offset}; byte {spool.Offset} is next.");
        if (chunk.Data.Length > size - chunk.Offset)
            throw new FaultException(Fault.UpdateSizeMismatch, $"A chunk ends at byte {chunk.Offset + chunk.Data.Length}; {size} bytes were announced.");
        _expected = chunk.Offset + chunk.Data.Length;
        if (chunk.Data.Length > known)
            spool.Append(chunk.Data.Span[(int)known..]);
        if (chunk.Rented is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        services.Metrics.Bytes("up", chunk.Data.Length);
    }

    // A stalled stream would keep its share of the budget from the others.
    async Task<UploadSaid?> ReadAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Options.StallLimit, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            return await stream.ReadAsync(either.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new FaultException(Fault.UploadStalled, $"No frame came for {services.Options.StallLimit.TotalSeconds} s.");
        }
    }
}
