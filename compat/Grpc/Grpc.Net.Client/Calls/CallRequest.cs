using System.Net;
using Grpc.Core;
using Grpc.Core.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Builds the HTTP request of one attempt.</summary>
static class CallRequest
{
    const string UserAgent = "grpc-dotnet/2.76.0 (compat)";

    public static async Task<HttpRequestMessage> CreateAsync(
        GrpcChannel channel, IMethod method, CallOptions options, int attempt, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(channel.Address, method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Add(request, "te", "trailers");
        Add(request, "user-agent", UserAgent);
        Add(request, WireHeaders.AcceptEncoding, MessageDecoder.AcceptEncoding(channel.Compressions));
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
            Add(request, WireHeaders.Timeout, TimeoutHeader.Encode(deadline - DateTime.UtcNow));
        if (attempt > 1)
            Add(request, WireHeaders.PreviousAttempts, $"{attempt - 1}");
        AddMetadata(request, options.Headers ?? []);
        AddMetadata(request, await CredentialHeadersAsync(channel, method, options, cancellation));
        return request;
    }

    static void AddMetadata(HttpRequestMessage request, Metadata metadata)
    {
        foreach (var entry in metadata)
            Add(request, entry.Key == WireHeaders.RequestedEncoding ? WireHeaders.Encoding : entry.Key, MetadataHeaders.Encode(entry));
    }

    static async Task<Metadata> CredentialHeadersAsync(GrpcChannel channel, IMethod method, CallOptions options, CancellationToken cancellation)
    {
        var metadata = new Metadata();
        CallCredentials?[] credentials = [channel.Credentials?.CallCredentials, options.Credentials];
        if (channel.Address.Scheme != Uri.UriSchemeHttps && !channel.Options.UnsafeUseInsecureChannelCallCredentials)
        {
            if (credentials.Any(credential => credential is not null))
                channel.Logger.CredentialsNotSent(method.FullName);
            return metadata;
        }
        var serviceUrl = $"{channel.Address.Scheme}://{channel.Address.Authority}/{method.ServiceName}";
        var context = new AuthInterceptorContext(serviceUrl, method.Name, cancellation);
        foreach (var credential in credentials.OfType<CallCredentials>())
            await credential.ApplyAsync(context, metadata);
        return metadata;
    }

    static void Add(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
}
