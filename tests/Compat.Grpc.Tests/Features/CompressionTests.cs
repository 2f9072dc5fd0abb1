using System.IO.Compression;
using Compat.Grpc.Tests.Host;
using Compat.Grpc.Tests.Wire;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

/// <summary>Compression as it looks on the wire, read back with the runtime's own gzip.</summary>
public sealed class CompressionTests
{
    static readonly ScriptedService Echo = new() { Unary = (request, _) => Task.FromResult(new SimpleResponse { Payload = request.Payload }) };

    [Theory]
    [InlineData("gzip", "identity,gzip", 1)]
    [InlineData("gzip", "identity", 0)]
    [InlineData(null, "identity,gzip", 0)]
    public async Task Response_ByServerSettingAndClientsAcceptance_IsCompressedOrNot(string? algorithm, string accepted, byte flag)
    {
        await using var host = await Echo.HostAsync(options => options.ResponseCompressionAlgorithm = algorithm);
        using var raw = new RawHttp2(host.Address);
        var request = new SimpleRequest { Payload = Payload(10_000, 7) };
        var response = await raw.PostAsync("UnaryCall", RawHttp2.Frame(request.ToByteArray()), ("grpc-accept-encoding", accepted));
        Assert.Equal((flag, "0"), (response.Body[0], response.GrpcStatus));
        var payload = flag == 1 ? Gunzip(response.Body.AsSpan(5)) : response.Body[5..];
        Assert.Equal(request.Payload, SimpleResponse.Parser.ParseFrom(payload).Payload);
    }

    [Theory]
    [InlineData((WriteFlags)0, 1)]
    [InlineData(WriteFlags.NoCompress, 0)]
    public async Task Request_ByWriteFlag_IsCompressedOrNot(WriteFlags flags, byte expected)
    {
        var seen = new TaskCompletionSource<(string? Encoding, byte[] Body)>();
        await using var host = await GrpcHost.StartAsync(app => app.MapPost("/grpc.testing.TestService/UnaryCall", (RequestDelegate)(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            seen.SetResult((http.Request.Headers["grpc-encoding"], body.ToArray()));
        })));
        using var channel = host.Channel();
        var options = Options.WithHeaders(new Metadata { { "grpc-internal-encoding-request", "gzip" } }).WithWriteOptions(new WriteOptions(flags));
        var request = new SimpleRequest { Payload = Payload(10_000, 7) };
        await CodeOfAsync(() => channel.Client().UnaryCallAsync(request, options).ResponseAsync);
        var (encoding, frame) = await seen.Task.WaitAsync(Limit);
        Assert.Equal(("gzip", expected), (encoding, frame[0]));
        Assert.Equal(request, SimpleRequest.Parser.ParseFrom(expected == 1 ? Gunzip(frame.AsSpan(5)) : frame[5..]));
    }

    [Fact]
    public async Task BothWays_OurOwnEnds_RoundTrip()
    {
        await using var host = await Echo.HostAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var channel = host.Channel();
        var payload = Payload(1_000_000, 3);
        var call = channel.Client().UnaryCallAsync(
            new SimpleRequest { Payload = payload }, Options.WithHeaders(new Metadata { { "grpc-internal-encoding-request", "gzip" } }));
        Assert.Equal(payload, (await call).Payload);
    }

    [Fact]
    public async Task Request_UnknownAlgorithm_NamesIt()
    {
        await using var host = await Echo.HostAsync();
        using var channel = host.Channel();
        var options = Options.WithHeaders(new Metadata { { "grpc-internal-encoding-request", "snappy" } });
        var status = await StatusOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), options).ResponseAsync);
        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.Contains("snappy", status.Detail, StringComparison.Ordinal);
    }

    static byte[] Gunzip(ReadOnlySpan<byte> compressed)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
