using System.Buffers.Binary;
using System.Net;

namespace Compat.Grpc.Tests.Wire;

/// <summary>Sends hand-made bodies over HTTP/2, below any gRPC client.</summary>
public sealed class RawHttp2(Uri address) : IDisposable
{
    readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    public static byte[] Frame(byte[] payload, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public static HttpRequestMessage Request(string method, HttpContent body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/grpc.testing.TestService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
        if (!request.Content.Headers.Contains("content-type"))
            request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        return request;
    }

    public async Task<RawResponse> PostAsync(string method, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, new ByteArrayContent(body), headers);
        using var response = await _http.SendAsync(request);
        var content = await response.Content.ReadAsByteArrayAsync();
        var fields = response.Headers.Concat(response.TrailingHeaders).ToDictionary(field => field.Key, field => string.Join(',', field.Value));
        return new RawResponse((int)response.StatusCode, content, fields);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    public void Dispose() => _http.Dispose();
}

public sealed record RawResponse(int HttpStatus, byte[] Body, IReadOnlyDictionary<string, string> Fields)
{
    public string? GrpcStatus => Fields.GetValueOrDefault("grpc-status");
}
