using System.Diagnostics;
using System.Text.Json.Nodes;
using Federated.Cli.Commands;
using Federated.Cli.Rest;
using Federated.Client.Faults;
using Federated.Client.Transport;
using Federated.Client.Transport.Grpc;
using Federated.Client.Transport.Identity;
using Federated.Protos.V1;
using Federated.Server.Identity;
using Google.Protobuf;

namespace Cli.Tests.Operating;

/// <summary>A site gets its certificate from a real coordinator over TLS, uses it and renews it; the key never leaves the site.</summary>
public sealed class EnrolmentTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("federated-").FullName;
    Process _server = null!;
    CoordinatorRest _rest = null!;

    string Data => Path.Combine(_folder, "data");

    string State => Path.Combine(_folder, "state");

    public async ValueTask InitializeAsync()
    {
        var tls = Path.Combine(_folder, "tls");
        TlsFolder.Create(tls, "Test", ["localhost", "127.0.0.1"], TimeProvider.System.GetUtcNow());
        var start = new ProcessStartInfo(ServerCommand.Executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--data", Data, "--tls", tls, "--http-port", "0", "--grpc-port", "0", "--threads", "1" })
            start.ArgumentList.Add(argument);
        _server = Process.Start(start)!;
        Assert.StartsWith("Listening", await _server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
        _ = _server.StandardOutput.ReadToEndAsync();
        _ = _server.StandardError.ReadToEndAsync();
        var endpoints = Endpoints.Read(Data)!;
        _rest = new CoordinatorRest(new RestAccess(endpoints.Http, Endpoints.ReadKey(Data), endpoints.Authority));
    }

    [Fact]
    public async Task Site_EnrolsConnectsAndRenews()
    {
        var token = await InviteAsync("site-a");
        var client = await Enrolment.RunAsync(_rest.Server, token, State, null, CancellationToken.None);
        Assert.Equal("site-a", client);
        using var identity = SiteIdentity.Open(State);
        Assert.Equal("site-a", identity.ClientId);
        Assert.False(identity.IsRenewalDue(TimeProvider.System.GetUtcNow()));
        Assert.True(identity.IsRenewalDue(TimeProvider.System.GetUtcNow().AddDays(21)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Path.Combine(State, "identity.pem")).UnixFileMode);
        await AnsweredAsync(identity);

        var (before, key) = (await File.ReadAllTextAsync(Path.Combine(State, "identity.pem")), identity.Expires);
        await identity.RenewAsync(Endpoints.Read(Data)!.Grpc, CancellationToken.None);
        Assert.NotEqual(before, await File.ReadAllTextAsync(Path.Combine(State, "identity.pem")));
        Assert.True(identity.Expires >= key);
        await AnsweredAsync(identity);

        // The operator sees the expiry, and the token cannot be used again.
        Assert.NotNull((await _rest.JsonAsync("api/v1/fleet/site-a", CancellationToken.None))["certificateExpiresMs"]);
        Assert.Contains("F365", (await Assert.ThrowsAsync<ClientFault>(() => Enrolment.RunAsync(_rest.Server, token, Path.Combine(_folder, "other"), null, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    /// <summary>Enrolment, calls and renewal, all through a proxy that wants a password, by CONNECT and nothing else.</summary>
    [Fact]
    public async Task Site_BehindAProxy_EnrolsConnectsAndRenewsThroughItsTunnels()
    {
        await using var proxy = new ConnectProxy("site:p@ss");
        await Enrolment.RunAsync(_rest.Server, await InviteAsync("site-a"), State, SiteProxy.At(proxy.Address), CancellationToken.None);
        using var identity = SiteIdentity.Open(State, proxy.Address);
        await AnsweredAsync(identity);
        await identity.RenewAsync(Endpoints.Read(Data)!.Grpc, CancellationToken.None);
        await AnsweredAsync(identity);

        var endpoints = Endpoints.Read(Data)!;
        Assert.Equal(new[] { endpoints.Http.Authority, endpoints.Grpc.Authority }.Order(), proxy.Tunnels.Distinct().Order());
        await proxy.DisposeAsync();
        await using var transport = new GrpcTransport(endpoints.Grpc, "", identity);
        await using var stream = transport.Connect(CancellationToken.None);
        Assert.Equal(LinkFailure.Unavailable, (await Assert.ThrowsAsync<LinkException>(() => stream.ReceiveAsync(CancellationToken.None))).Failure);
    }

    [Fact]
    public async Task Coordinator_OfAnotherAuthority_IsToldNothing()
    {
        var token = (await InviteAsync("site-a")).Split('_');
        token[3] = new string('0', 64);
        var refused = await Assert.ThrowsAsync<ClientFault>(() => Enrolment.RunAsync(_rest.Server, string.Join('_', token), State, null, CancellationToken.None));
        Assert.Contains("is not the one that the join token names", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(State, "identity.pem")));
        var tokens = await _rest.JsonAsync("api/v1/join-tokens", CancellationToken.None);
        Assert.Equal("open", tokens[0]!["state"]!.ToString());
    }

    [Fact]
    public async Task Operator_WhoDoesNotTrustTheAuthority_IsNotAnswered()
    {
        using var rest = new CoordinatorRest(new RestAccess(_rest.Server, Endpoints.ReadKey(Data)));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => rest.RunsAsync(CancellationToken.None));
        Assert.Contains("certificate is not accepted", Federated.Cli.Terminal.Failure.Describe(refused, stopping: false)!.Line, StringComparison.Ordinal);
    }

    // A blob that is not there is looked for only once the caller is known.
    async Task AnsweredAsync(SiteIdentity identity)
    {
        await using var transport = new GrpcTransport(Endpoints.Read(Data)!.Grpc, "", identity);
        var refused = await Assert.ThrowsAsync<LinkException>(async () =>
        {
            await foreach (var _ in transport.Download(new DownloadRequest { Digest = ByteString.CopyFrom(new byte[32]) }, CancellationToken.None)) { }
        });
        Assert.StartsWith("F405", refused.Message, StringComparison.Ordinal);
    }

    async Task<string> InviteAsync(string client) =>
        (await _rest.SendAsync(HttpMethod.Post, "api/v1/join-tokens", new JsonObject { ["client"] = client }, CancellationToken.None))["token"]!.ToString();

    public ValueTask DisposeAsync()
    {
        _rest.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
