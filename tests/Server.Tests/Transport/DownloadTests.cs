using Federated.Formats.Digests;
using Federated.Protos.V1;
using Federated.Server.Storage;
using Google.Protobuf;
using Grpc.Core;
using Server.Tests.Kit;

namespace Server.Tests.Transport;

public sealed class DownloadTests : IAsyncLifetime
{
    static readonly TestAdapter Adapter = new(width: 8192, rank: 8);

    readonly ServerKit _server = new();
    string _group = "";

    public async ValueTask InitializeAsync()
    {
        var loop = await _server.CreateAsync(Adapter, Adapter.Spec("down", rounds: 1, cohort: 1, s => s["clients"] = new System.Text.Json.Nodes.JsonArray("a")));
        _group = loop.Current.State.Version.Groups[0].Digest;
        foreach (var id in new[] { "a", "b" })
            await (await Conversation.OpenAsync(_server, new SyntheticClient(id, _server.Wire, Adapter))).HearAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task Download_FromAnOffset_GivesTheRestInChunks(int offset)
    {
        var expected = _server.Blobs.ReadAll(_group).ToArray();
        var chunks = await DownloadAsync(_group, offset, "token-of-a");

        Assert.Equal(expected[offset..], chunks.SelectMany(c => c.Data).ToArray());
        Assert.Equal((ulong)expected.Length, chunks[0].Size);
        Assert.All(chunks.Skip(1), c => Assert.Equal(0ul, c.Size));
        Assert.All(chunks, c => Assert.InRange(c.Data.Length, 1, 1 << 18));
        Assert.True(chunks.Count > 1);
    }

    [Fact]
    public async Task Download_AtTheEnd_SaysTheSizeAndNothingElse()
    {
        var size = (int)_server.Blobs.Size(_group)!;
        var chunk = Assert.Single(await DownloadAsync(_group, size, "token-of-a"));
        Assert.Equal(((ulong)size, 0), (chunk.Size, chunk.Data.Length));
    }

    [Fact]
    public async Task Download_OfSeveral_GivesThemOneAfterAnother()
    {
        var version = _server.Runs.Get("down").Current.State.Version;
        string[] wanted = [version.Groups[1].Digest, version.ManifestDigest, version.Groups[0].Digest];
        var request = Request(wanted[0], 0);
        request.More.Add(new BlobRange { Digest = Bytes(wanted[1]), Offset = (ulong)_server.Blobs.Size(wanted[1])! });
        request.More.Add(new BlobRange { Digest = Bytes(wanted[2]), Offset = 10 });

        var chunks = await DownloadAsync(request, "token-of-a");

        Assert.Equal(chunks.Select(c => c.Blob).Order(), chunks.Select(c => c.Blob));
        Assert.Equal(wanted.Select(d => (ulong)_server.Blobs.Size(d)!), chunks.GroupBy(c => c.Blob).Select(g => g.First().Size));
        Assert.Equal([_server.Blobs.ReadAll(wanted[0]).ToArray(), [], _server.Blobs.ReadAll(wanted[2]).ToArray()[10..]],
            chunks.GroupBy(c => c.Blob).Select(g => g.SelectMany(c => c.Data).ToArray()));
    }

    [Fact]
    public async Task Download_OfSeveralOneOfThemNotReadable_StreamsNone()
    {
        var (request, chunks) = (Request(_group, 0), new List<BlobChunk>());
        request.More.Add(new BlobRange { Digest = ByteString.CopyFrom(new byte[32]) });
        await Assert.ThrowsAsync<RpcException>(() => _server.Transport.DownloadAsync(request, "token-of-a", c => { chunks.Add(c); return Task.CompletedTask; }, CancellationToken.None));
        Assert.Empty(chunks);
    }

    [Fact]
    public async Task Download_OfTooMany_IsRefused()
    {
        var request = Request(_group, 0);
        request.More.AddRange(Enumerable.Repeat(new BlobRange { Digest = request.Digest }, 1024));
        var error = await Assert.ThrowsAsync<RpcException>(() => DownloadAsync(request, "token-of-a"));
        Assert.Contains("more has 1024 items; the limit is 1023", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("group", 1_000_000_000, "token-of-a", "F406")]
    [InlineData("group", 0, "token-of-b", "F405")]
    [InlineData("group", 0, "nobody", "F301")]
    [InlineData("unknown", 0, "token-of-a", "F405")]
    [InlineData("secret", 0, "token-of-a", "F405")]
    public async Task Download_NotReadable_IsRefused(string which, int offset, string token, string code)
    {
        var secret = (await _server.Blobs.PutAsync([new byte[] { 1, 2, 3 }], CancellationToken.None))[0];
        var digest = which switch { "group" => _group, "secret" => secret, _ => TreeDigest.Of([9, 9]) };

        var error = await Assert.ThrowsAsync<RpcException>(() => DownloadAsync(digest, offset, token));

        Assert.StartsWith($"{code}: ", error.Status.Detail, StringComparison.Ordinal);
    }

    static ByteString Bytes(string digest) => ByteString.CopyFrom(Convert.FromHexString(digest));

    static DownloadRequest Request(string digest, int offset) => new() { Digest = Bytes(digest), Offset = (ulong)offset };

    Task<List<BlobChunk>> DownloadAsync(string digest, int offset, string token) => DownloadAsync(Request(digest, offset), token);

    async Task<List<BlobChunk>> DownloadAsync(DownloadRequest request, string token)
    {
        var chunks = new List<BlobChunk>();
        await _server.Transport.DownloadAsync(request, token, c => { chunks.Add(c); return Task.CompletedTask; }, CancellationToken.None).DefaultTimeout();
        return chunks;
    }
}
