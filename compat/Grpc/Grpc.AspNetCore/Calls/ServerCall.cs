using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Grpc.Core.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One call on the server: what its handler sees of it. Messages and its end are in the other parts.</summary>
sealed partial class ServerCall : ServerCallContext, IDisposable
{
    readonly ServiceSettings _settings;
    readonly Metadata _trailers = [];
    Metadata? _requestHeaders;
    AuthContext? _authContext;
    Status _status = Status.DefaultSuccess;

    public ServerCall(HttpContext http, ServiceSettings settings)
    {
        (Http, _settings) = (http, settings);
        _requests = new MessageDecoder(
            http.Request.BodyReader, settings.Options.MaxReceiveMessageSize, HeaderOrNull(WireHeaders.Encoding), settings.Options.CompressionProviders);
        http.Response.ContentType = WireHeaders.ContentType;
        http.Response.Headers[WireHeaders.AcceptEncoding] = settings.AcceptEncoding;
        ChooseCompression(settings.Options.ResponseCompressionAlgorithm);
        (DeadlineCore, _deadline) = StartDeadline();
    }

    public HttpContext Http { get; }

    protected override string MethodCore => Http.Request.Path.Value!;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => PeerIdentity.Address(Http.Connection);

    protected override DateTime DeadlineCore { get; }

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders();

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? Http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers;

    protected override Status StatusCore
    {
        get => _status;
        set => _status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= PeerIdentity.Authenticate(Http.Connection.ClientCertificate);

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Calls are not propagated: pass deadline and cancellation token on.");

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (Http.Response.HasStarted)
            throw new InvalidOperationException("Response headers can only be sent once per call.");
        foreach (var entry in responseHeaders)
            if (entry.Key == WireHeaders.RequestedEncoding)
                ChooseCompression(entry.Value);
            else
                Http.Response.Headers.Append(entry.Key, MetadataHeaders.Encode(entry));
        await Http.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in Http.Request.Headers)
            foreach (var value in values)
                MetadataHeaders.Decode(metadata, name, value ?? "");
        return metadata;
    }

    string? HeaderOrNull(string name) => Http.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
