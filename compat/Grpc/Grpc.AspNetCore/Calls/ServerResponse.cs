using System.Globalization;
using Grpc.Core;
using Grpc.Core.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Status and metadata on an HTTP response.</summary>
static class ServerResponse
{
    /// <summary>Puts the status into the trailers, or into the headers of a response that carries nothing else.</summary>
    public static void SetStatus(HttpContext http, Status status, Metadata trailers)
    {
        var destination = http.Response.HasStarted ? http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers : http.Response.Headers;
        foreach (var entry in trailers)
            if (!TryAppend(destination, entry))
                status = new Status(StatusCode.Internal, $"Error adding response trailer '{entry.Key}': its value is not ASCII.");
        destination[WireHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
            destination[WireHeaders.Message] = PercentEncoding.Encode(status.Detail);
    }

    public static Task RefuseAsync(HttpContext http, Status status)
    {
        http.Response.ContentType = WireHeaders.ContentType;
        SetStatus(http, status, []);
        return Task.CompletedTask;
    }

    /// <summary>Refuses what is not gRPC over HTTP/2, by an HTTP status; true when it did.</summary>
    public static bool RefuseForeign(HttpContext http)
    {
        if (!WireHeaders.IsGrpc(http.Request.ContentType))
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{http.Request.ContentType}' is not supported.");
        if (HttpProtocol.IsHttp2(http.Request.Protocol))
            return false;
        http.Response.Headers.Upgrade = "HTTP/2";
        return Refuse(http, StatusCodes.Status426UpgradeRequired, $"Request protocol '{http.Request.Protocol}' is not supported.");
    }

    // Kestrel refuses values that HTTP does not allow; such a trailer must not cost the client the status.
    static bool TryAppend(IHeaderDictionary destination, Metadata.Entry entry)
    {
        try
        {
            destination.Append(entry.Key, MetadataHeaders.Encode(entry));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    static bool Refuse(HttpContext http, int httpStatus, string detail)
    {
        http.Response.StatusCode = httpStatus;
        SetStatus(http, new Status(StatusCode.Internal, detail), []);
        return true;
    }
}
