using Federated.Client.Devices;
using Federated.Client.Rounds;
using Federated.Client.Transport.Messages;
using Federated.Protos.V1;
using UploadOutcome = Federated.Client.Transport.Messages.UploadOutcome;
using UploadResult = Federated.Client.Transport.Messages.UploadResult;

namespace Federated.Client.Transport;

/// <summary>Sends an update from the outbox, from where the coordinator's durable bytes end.</summary>
sealed class UpdateUploads(ICoordinatorTransport transport, Outbox outbox, LinkMeter link, TimeProvider time)
{
    const int ChunkBytes = 256 << 10;
    const int MaximumRestarts = 3;

    // As much as a coordinator lets a stream send ahead; to ask first would take a small update as long as to send it.
    const long MostUnasked = 512 << 10;

    // Of these the coordinator may have bytes already: an earlier process, or an earlier call, may have sent some.
    readonly HashSet<string> _tried = outbox.Entries.Select(e => e.AssignmentId).ToHashSet(StringComparer.Ordinal);

    /// <exception cref="LinkException">The call broke; send again later.</exception>
    public async Task<UploadOutcome> SendAsync(OutboxEntry entry, CancellationToken cancellation)
    {
        // Also those that were withdrawn before they were answered.
        _tried.RemoveWhere(id => !outbox.Contains(id));
        for (var restart = 0; ; restart++)
        {
            var asks = entry.Size > MostUnasked || !_tried.Add(entry.AssignmentId);
            var outcome = await SendOnceAsync(entry, asks, cancellation);
            if (outcome.Result != UploadResult.Restart)
                return outcome;
            if (restart == MaximumRestarts)
                throw new LinkException(LinkFailure.Unavailable, $"The bytes were damaged on the way {restart + 1} times.");
        }
    }

    async Task<UploadOutcome> SendOnceAsync(OutboxEntry entry, bool asks, CancellationToken cancellation)
    {
        // Read as it was written, by this thread: what goes through the thread pool waits for it once for each piece.
        await using var file = outbox.Read(entry);
        var header = new byte[entry.HeaderLength];
        file.ReadExactly(header);
        await using var stream = transport.Upload(cancellation);
        await stream.SendAsync(ProtoMapping.Open(header, entry, unasked: !asks), cancellation);
        var reply = asks ? await ReceiveAsync(stream, cancellation) : null;
        if (reply?.ReplyCase != UploadReply.ReplyOneofCase.Outcome)
        {
            var (began, offset) = (time.GetTimestamp(), reply is null ? entry.HeaderLength : (long)Math.Min(reply.Ready.Offset, (ulong)entry.Size));
            file.Position = offset;
            await SendBytesAsync(stream, file, entry.Size, cancellation);
            reply = await ReceiveAsync(stream, cancellation);
            // An older coordinator answers what it was not asked.
            if (!asks && reply.ReplyCase == UploadReply.ReplyOneofCase.Ready)
                reply = await ReceiveAsync(stream, cancellation);
            // With the answer, because what was only handed to the socket has not travelled yet.
            link.AddUp(entry.Size - offset, time.GetElapsedTime(began));
        }
        return reply.ReplyCase == UploadReply.ReplyOneofCase.Outcome ? ProtoMapping.FromWire(reply.Outcome)
            : throw new LinkException(LinkFailure.Unavailable, "The coordinator answered an upload without an outcome.");
    }

    /// <summary>The coordinator may end the call early, with an outcome that says why; then the rest is not wanted.</summary>
    static async Task SendBytesAsync(IMessageStream<UploadFrame, UploadReply> stream, Stream file, long size, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                // A frame keeps its buffer until the transport is done with it, hence a fresh one each.
                var buffer = new byte[Math.Min(ChunkBytes, size - file.Position)];
                var at = file.Position;
                if (buffer.Length == 0)
                    break;
                file.ReadExactly(buffer);
                await stream.SendAsync(ProtoMapping.Chunk(at, buffer), cancellation);
            }
            await stream.CompleteAsync();
        }
        catch (LinkException e) when (e.Failure == LinkFailure.Unavailable)
        {
            // What the reader sees next, an outcome or the real failure, decides.
        }
    }

    static async Task<UploadReply> ReceiveAsync(IMessageStream<UploadFrame, UploadReply> stream, CancellationToken cancellation) =>
        await stream.ReceiveAsync(cancellation)
            ?? throw new LinkException(LinkFailure.Unavailable, "The coordinator closed an upload without an outcome.");
}
