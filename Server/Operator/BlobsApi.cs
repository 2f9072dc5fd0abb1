using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace Federated.Server.Operator;

/// <summary>Blobs over REST: what a run names by digest is put here first.</summary>
static class BlobsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPut("/blobs/{digest}", PutAsync)
            .Needs(new RouteRule(Role.Operator) { StreamsBody = true, Refusals = [Fault.RequestMalformed, Fault.BlobTooLarge, Fault.BlobDigestMismatch] }, "Store a blob under its digest.")
            .Accepts<byte[]>("application/octet-stream").Produces(StatusCodes.Status201Created).Produces(StatusCodes.Status200OK);
        api.MapGet("/blobs/{digest}", Get).Needs(Role.Operator, "A blob.", Fault.RequestMalformed, Fault.BlobNotFound)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
    }

    static async Task<IResult> PutAsync(string digest, HttpContext context, IBlobStore blobs, CancellationToken stopping)
    {
        var name = Checked(digest);
        if (context.Request.ContentLength > BlobLimits.MaxBytes)
            throw new FaultException(Fault.BlobTooLarge, $"The body has {context.Request.ContentLength} bytes; a blob has at most {BlobLimits.MaxBytes}.");
        // The store counts for itself; Kestrel's 30 MB default is for requests that are held in memory.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BlobLimits.MaxBytes + 1;
        return await blobs.PutAsync(name, context.Request.Body, stopping) ? Results.Created($"/api/v1/blobs/{name}", null) : Results.Ok();
    }

    static IResult Get(string digest, IBlobStore blobs)
    {
        var name = Checked(digest);
        var size = blobs.Size(name) ?? throw new FaultException(Fault.BlobNotFound, $"There is no blob {name}.");
        return Results.Stream(async body =>
        {
            var buffer = new byte[1 << 17];
            for (var offset = 0L; offset < size;)
            {
                var count = blobs.Read(name, offset, buffer);
                await body.WriteAsync(buffer.AsMemory(0, count));
                offset += count;
            }
        }, "application/octet-stream");
    }

    static string Checked(string digest) => Digests.IsDigest(digest)
        ? digest
        : throw new FaultException(Fault.RequestMalformed, $"'{Names.Shorten(digest)}' is no digest; {Digests.TextLength} lower-case hex digits are expected.");
}
