using System.Globalization;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Federated.Bench.Transport;

/// <summary>The client side of the four transfers, each kind over a connection of its own.</summary>
sealed class TransferClient : IDisposable
{
    readonly HttpClient _http;
    readonly GrpcChannel _channel;
    readonly Transfer.TransferClient _grpc;
    readonly byte[] _chunk = new byte[Endpoint.ChunkSize];

    public TransferClient(Uri address)
    {
        _http = new HttpClient
        {
            BaseAddress = address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _channel = GrpcChannel.ForAddress(address);
        _grpc = new Transfer.TransferClient(_channel);
    }

    public async Task<long> ServerAllocatedAsync()
    {
        using var response = await _http.PostAsync("/allocated", null);
        return long.Parse(await response.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture);
    }

    public async Task GrpcUploadAsync(long bytes)
    {
        using var call = _grpc.Upload();
        var chunk = new Chunk { Data = UnsafeByteOperations.UnsafeWrap(_chunk) };
        for (var sent = 0L; sent < bytes; sent += _chunk.Length)
            await call.RequestStream.WriteAsync(chunk);
        await call.RequestStream.CompleteAsync();
        Expect(bytes, (await call).Bytes);
    }

    public async Task GrpcDownloadAsync(long bytes)
    {
        using var call = _grpc.Download(new Amount { Bytes = bytes });
        var received = 0L;
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
            received += chunk.Data.Length;
        Expect(bytes, received);
    }

    public async Task RawUploadAsync(long bytes)
    {
        using var content = new ChunkedContent(_chunk, bytes);
        using var response = await _http.PostAsync("/raw/upload", content);
        Expect(bytes, long.Parse(await response.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture));
    }

    public async Task RawDownloadAsync(long bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/raw/download/{bytes}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = 0L;
        for (int read; (read = await body.ReadAsync(_chunk)) > 0;)
            received += read;
        Expect(bytes, received);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }

    static void Expect(long sent, long received)
    {
        if (sent != received)
            throw new InvalidOperationException($"Of {sent} bytes {received} arrived.");
    }

    sealed class ChunkedContent(byte[] chunk, long bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0L; sent < bytes; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
