using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>What HTTP says about a call, as a gRPC status (gRPC's PROTOCOL-HTTP2 and http-grpc-status-mapping documents).</summary>
static class StatusMapping
{
    /// <summary>The status in headers or trailers, or null where there is none.</summary>
    public static Status? Read(Metadata metadata, HttpHeaders headers)
    {
        string? code = null, message = null;
        foreach (var (name, values) in headers.NonValidated)
            foreach (var value in values)
                if (name.Equals(WireHeaders.Status, StringComparison.OrdinalIgnoreCase))
                    code = value;
                else if (name.Equals(WireHeaders.Message, StringComparison.OrdinalIgnoreCase))
                    message = value;
                else
                    MetadataHeaders.Decode(metadata, name, value);
        if (code is null)
            return null;
        return int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Status(Enum.IsDefined((StatusCode)number) ? (StatusCode)number : StatusCode.Unknown, PercentEncoding.Decode(message ?? ""))
            : new Status(StatusCode.Cancelled, $"Unexpected grpc-status value: {code}");
    }

    /// <summary>What is wrong with a response that carries no gRPC status in its headers, or null when it is the start of a gRPC stream.</summary>
    public static Status? Check(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return new Status(FromHttp(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
        var contentType = response.Content.Headers.ContentType?.ToString();
        return WireHeaders.IsGrpc(contentType)
            ? null
            : new Status(StatusCode.Cancelled, $"Bad gRPC response. Invalid content-type value: {contentType}");
    }

    public static Status FromException(string context, Exception error)
    {
        StatusCode? code = null;
        var details = new List<string>();
        for (var current = error; current is not null; current = current.InnerException)
        {
            details.Add($"{current.GetType().Name}: {current.Message}");
            if (current is RpcException rpc)
                return rpc.Status;
            if (current is HttpProtocolException protocol)
                code = FromHttp2(protocol.ErrorCode);
            else if (current is SocketException or IOException)
                code ??= StatusCode.Unavailable;
        }
        return new Status(code ?? StatusCode.Internal, $"{context} {string.Join(' ', details)}", error);
    }

    static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,          // REFUSED_STREAM
        0x8 => StatusCode.Cancelled,            // CANCEL
        0xb => StatusCode.ResourceExhausted,    // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied,     // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
