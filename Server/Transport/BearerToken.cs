using Grpc.Core;

namespace Federated.Server.Transport;

static class BearerToken
{
    const string Scheme = "Bearer ";

    /// <summary>The token of `authorization: Bearer TOKEN`; null where there is none.</summary>
    public static string? Of(Metadata headers) =>
        headers.GetValue("authorization") is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
}
