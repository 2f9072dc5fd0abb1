using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Federated.Client.Transport;
using Federated.Client.Transport.InProcess;
using Federated.Formats.Digests;
using Federated.Protos.V1;
using Google.Protobuf;

namespace Federated.Client.Tests.Support;

/// <summary>A coordinator whose every message is written by the test: it holds blobs and hands over each call.</summary>
sealed class TestCoordinator
{
    const int ChunkBytes = 700;

    readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    readonly Channel<Peer<ServerMessage, ClientMessage>> _connections = Channel.CreateUnbounded<Peer<ServerMessage, ClientMessage>>();
    readonly Channel<Peer<UploadReply, UploadFrame>> _uploads = Channel.CreateUnbounded<Peer<UploadReply, UploadFrame>>();

    /// <summary>Digests of the blobs that were asked for, in their order.</summary>
    public ConcurrentQueue<ByteString> Downloads { get; } = [];

    public InProcessHandlers Handlers => new(
        (stream, cancellation) => HandOver(_connections, stream, cancellation),
        (stream, cancellation) => HandOver(_uploads, stream, cancellation),
        Download);

    public ByteString AddBlob(byte[] bytes)
    {
        _blobs[TreeDigest.Of(bytes)] = bytes;
        return ByteString.CopyFrom(Convert.FromHexString(TreeDigest.Of(bytes)));
    }

    public async Task<Peer<ServerMessage, ClientMessage>> ConnectionAsync() => await _connections.Reader.ReadAsync().AsTask().WaitAsync(Peer.Limit);

    public async Task<Peer<UploadReply, UploadFrame>> UploadAsync() => await _uploads.Reader.ReadAsync().AsTask().WaitAsync(Peer.Limit);

    public async IAsyncEnumerable<BlobChunk> Download(DownloadRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        var wanted = request.More.Select(m => (m.Digest, m.Offset)).Prepend((request.Digest, request.Offset));
        foreach (var (index, (digest, offset)) in wanted.Index())
        {
            Downloads.Enqueue(digest);
            if (!_blobs.TryGetValue(Convert.ToHexStringLower(digest.Span), out var blob))
                throw new LinkException(LinkFailure.NotFound, "F405: no such blob.");
            for (var at = (int)offset; at < blob.Length; at += ChunkBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return new BlobChunk { Blob = (uint)index, Data = ByteString.CopyFrom(blob, at, Math.Min(ChunkBytes, blob.Length - at)) };
            }
        }
    }

    static async Task HandOver<TSend, TReceive>(Channel<Peer<TSend, TReceive>> to, IMessageStream<TSend, TReceive> stream, CancellationToken cancellation)
        where TReceive : class
    {
        var peer = new Peer<TSend, TReceive>(stream);
        await to.Writer.WriteAsync(peer, cancellation);
        await peer.Ended.WaitAsync(cancellation);
    }
}
