using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federated.Protos.V1;
using Federated.Server.Faults;
using Federated.Server.Hosting;
using Federated.Server.Identity;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Grpc.Core;
using Server.Tests.Kit;

namespace Server.Tests.Attacks;

/// <summary>Attempts of clients, and of those who would be clients, over TLS; each is refused and changes nothing.</summary>
public sealed class CertificateAttackTests : IAsyncLifetime
{
    readonly ManualClock _clock = new();
    readonly SiteKeys _keysA = new(), _keysB = new();
    RestKit _kit = null!;
    HttpClient _admin = null!;
    X509Certificate2 _a = null!, _b = null!;

    public async ValueTask InitializeAsync()
    {
        _kit = await RestKit.StartAsync(tls: true, time: _clock);
        _admin = _kit.Client(_kit.FirstKey);
        _a = await EnrolledAsync("a", _keysA);
        _b = await EnrolledAsync("b", _keysB);
        await _kit.CreateRunAsync("r", _admin);
    }

    [Fact]
    public async Task Client_WithItsCertificate_TakesPartInARun()
    {
        using var wire = Wire(_a);
        var client = new SyntheticClient("a", wire, RestKit.Adapter);
        await client.RunAsync(CancellationToken.None).DefaultTimeout();
        Assert.Equal(UploadResult.Accepted, Assert.Single(client.Outcomes).Result);
        Assert.Equal("completed", Assert.Single(client.Ended));
    }

    [Fact]
    public async Task Hello_UnderAnotherClientsId_IsRefused()
    {
        using var wire = Wire(_b);
        await RefusedAsync("F367", new SyntheticClient("a", wire, RestKit.Adapter));
        Assert.Equal("Disconnected", (await _kit.GetAsync("fleet/a", _admin)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Upload_ForAnotherClientsAssignment_IsRefused()
    {
        using var wireA = Wire(_a);
        using var wireB = Wire(_b);
        var a = new SyntheticClient("a", wireA, RestKit.Adapter);
        var conversation = new Conversation(wireA.Connect(a.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = a.Hello() });
        var (open, bytes) = a.Update(await conversation.JoinAsync(a));

        var refused = await Assert.ThrowsAsync<RpcException>(() => wireB.UploadAsync("token-of-a", open, bytes, CancellationToken.None).DefaultTimeout());

        Assert.StartsWith("F367", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _kit.Get<RunDirectory>().Get("r").Current.State.AcceptedCount);
        Assert.Equal(UploadResult.Accepted, (await wireA.UploadAsync(a.Token, open, bytes, CancellationToken.None).DefaultTimeout()).Result);
    }

    [Fact]
    public async Task Token_InsteadOfACertificateOfThatClient_DoesNotCount()
    {
        using var wire = Wire(_b);
        await RefusedAsync("F367", new SyntheticClient("a", wire, RestKit.Adapter) { Token = "token-of-a" });
    }

    [Fact]
    public async Task Certificate_Expired_IsRefused()
    {
        _clock.Advance(TimeSpan.FromDays(31));
        using var wire = Wire(_a);
        await RefusedAsync("F367", new SyntheticClient("a", wire, RestKit.Adapter));
        using var http = SiteHttp.With(_a, _kit.GrpcAddress);
        await RestKit.RefusedAsync("F367", await http.PostAsync("api/v1/renew", RestKit.Json(new { request = _keysA.Request })));
    }

    [Fact]
    public async Task Client_Revoked_LosesItsStreamAtOnce_AndIsNotLetInAgain()
    {
        using var wire = Wire(_a);
        var client = new SyntheticClient("a", wire, RestKit.Adapter);
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        var (open, bytes) = client.Update(await conversation.JoinAsync(client));

        (await _admin.PostAsync("api/v1/fleet/a/revoke", null)).EnsureSuccessStatusCode();

        var ended = await Assert.ThrowsAsync<RpcException>(async () => { while (await conversation.HearAsync() is not null) { } });
        Assert.StartsWith("F368", ended.Status.Detail, StringComparison.Ordinal);
        await RefusedAsync("F367", client);
        await Assert.ThrowsAsync<RpcException>(() => wire.UploadAsync(client.Token, open, bytes, CancellationToken.None).DefaultTimeout());
        using var http = SiteHttp.With(_a, _kit.GrpcAddress);
        await RestKit.RefusedAsync("F367", await http.PostAsync("api/v1/renew", RestKit.Json(new { request = _keysA.Request })));
        Assert.Equal(0, _kit.Get<RunDirectory>().Get("r").Current.State.AcceptedCount);

        // The id may come back, by a new certificate only.
        (await _admin.PostAsync("api/v1/fleet/a/approve", null)).EnsureSuccessStatusCode();
        await RefusedAsync("F367", client);
        using var renewed = await EnrolledAsync("a", _keysA);
        using var again = Wire(renewed);
        Assert.NotNull(await HelloAsync(again, client));
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_EndsInTheHandshake()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
        using var authority = new CertificateAuthority(own);
        using var forged = _keysA.With(authority.Issue(_keysA.Request, "a", DateTimeOffset.UtcNow, TimeSpan.FromDays(1)).ExportCertificatePem());
        await FailsAsync(forged);
    }

    [Fact]
    public async Task NoCertificate_EndsInTheHandshake() => await FailsAsync(null);

    [Fact]
    public async Task ServerCertificate_OfOurAuthority_IsNoClientCertificate()
    {
        using var server = X509Certificate2.CreateFromPemFile(Path.Combine(_kit.Folder, "tls", "server.pem"), Path.Combine(_kit.Folder, "tls", "server.key"));
        await FailsAsync(server);
    }

    [Fact]
    public async Task JoinToken_UsedTwice_IsRefusedTheSecondTime()
    {
        var token = await InviteAsync("c");
        using var keys = new SiteKeys();
        await RestKit.ReadAsync(await EnrolAsync(token, keys.Request));
        var before = await CertificatesAsync();
        await RestKit.RefusedAsync("F365", await EnrolAsync(token, keys.Request));
        Assert.Equal(before, await CertificatesAsync());
    }

    [Fact]
    public async Task JoinToken_UsedByManyAtOnce_GivesOneCertificate()
    {
        var token = await InviteAsync("c");
        var before = await CertificatesAsync();
        using var keys = new SiteKeys();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => EnrolAsync(token, keys.Request)));
        Assert.Equal(1, answers.Count(a => a.IsSuccessStatusCode));
        Assert.Equal(before + 1, await CertificatesAsync());
    }

    [Fact]
    public async Task JoinToken_ExpiredRevokedOrGuessed_IsRefused()
    {
        using var keys = new SiteKeys();
        var (late, revoked) = (await InviteAsync("c"), await InviteAsync("d"));
        (await _admin.DeleteAsync($"api/v1/join-tokens/{revoked.Split('_')[1]}")).EnsureSuccessStatusCode();
        var before = await CertificatesAsync();
        await RestKit.RefusedAsync("F365", await EnrolAsync(revoked, keys.Request));
        var guessed = late.Split('_');
        guessed[2] = new string('0', 64);
        await RestKit.RefusedAsync("F365", await EnrolAsync(string.Join('_', guessed), keys.Request));
        _clock.Advance(TimeSpan.FromHours(25));
        await RestKit.RefusedAsync("F365", await EnrolAsync(late, keys.Request));
        Assert.Equal(before, await CertificatesAsync());
    }

    [Fact]
    public async Task SigningRequest_NamingAnotherClient_GetsTheTokensClientOnly()
    {
        var token = await InviteAsync("c");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("urn:federated:client:a"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));

        var enrolled = await RestKit.ReadAsync(await EnrolAsync(token, request.CreateSigningRequestPem()));

        using var certificate = X509Certificate2.CreateFromPem(enrolled.GetProperty("certificate").GetString()!);
        Assert.Equal("c", CertificateAuthority.ClientOf(certificate));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public async Task SigningRequest_WeakOrNotOfItsOwnKey_IsRefused_AndTheTokenStaysOpen()
    {
        var token = await InviteAsync("c");
        using var weak = RSA.Create(1024);
        await RestKit.RefusedAsync("F366", await EnrolAsync(token, new CertificateRequest("CN=c", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem()));
        using var keys = new SiteKeys();
        // A request is signed anew each time it is asked for, and signatures differ in length.
        var request = keys.Request;
        var der = Convert.FromBase64String(request[PemEncoding.Find(request).Base64Data]);
        der[^3] ^= 1;
        await RestKit.RefusedAsync("F366", await EnrolAsync(token, PemEncoding.WriteString("CERTIFICATE REQUEST", der)));
        await RestKit.ReadAsync(await EnrolAsync(token, keys.Request));
    }

    [Fact]
    public async Task ClearText_ToATlsPort_IsNotAnswered()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_kit.HttpAddress.Replace("https", "http", StringComparison.Ordinal)) };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync("health/live"));
    }

    [Fact]
    public void ClearText_OutsideLoopback_IsRefusedAtTheStart()
    {
        Assert.Equal(Fault.PlaintextRefused, Assert.Throws<FaultException>(() => ServerArguments.Parse(["--data", "d", "--listen", "0.0.0.0"], _ => null)).Refusal.Fault);
        Assert.True(ServerArguments.Parse(["--data", "d", "--listen", "0.0.0.0", "--allow-plaintext", "true"], _ => null).RequireKeys);
        Assert.True(ServerArguments.Parse(["--data", "d", "--tls", "t"], _ => null) is { RequireKeys: true, GrpcPort: 5443, HttpPort: 5444 });
        Assert.False(ServerArguments.Parse(["--data", "d"], _ => null).RequireKeys);
    }

    [Fact]
    public async Task Client_NotApproved_IsOfferedNothingAndMayNotJoin_UntilItIs()
    {
        await using var kit = await RestKit.StartAsync(change: a => a with { ApproveClients = true });
        await kit.CreateRunAsync("r");
        using var wire = new GrpcWire(kit.GrpcAddress);
        var client = new SyntheticClient("new", wire, RestKit.Adapter);
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        Assert.Empty((await conversation.HearAsync(ServerMessage.MessageOneofCase.Welcome)).Welcome.Runs);
        var spec = kit.Get<RunDirectory>().Get("r").Current.State.Spec;
        await conversation.SayAsync(new ClientMessage { Join = client.Join(new RunOffer { RunId = "r", BaseDigest = Google.Protobuf.ByteString.CopyFrom(Convert.FromHexString(spec.Base)) }) });
        Assert.Equal("F370", (await conversation.HearAsync(ServerMessage.MessageOneofCase.JoinReply)).JoinReply.Code);
        Assert.Empty(kit.Get<RunDirectory>().Get("r").Current.State.Fleet);

        (await kit.Http.PostAsync("api/v1/fleet/new/approve", null)).EnsureSuccessStatusCode();

        var offer = (await conversation.HearAsync(ServerMessage.MessageOneofCase.Offer)).Offer;
        await conversation.SayAsync(new ClientMessage { Join = client.Join(offer) });
        Assert.NotNull(await conversation.HearAsync(ServerMessage.MessageOneofCase.Assignment));
    }

    async Task FailsAsync(X509Certificate2? certificate)
    {
        using var wire = Wire(certificate);
        await Assert.ThrowsAsync<RpcException>(() => HelloAsync(wire, new SyntheticClient("a", wire, RestKit.Adapter)));
        Assert.Equal("Disconnected", (await _kit.GetAsync("fleet/a", _admin)).GetProperty("state").GetString());
    }

    static async Task RefusedAsync(string code, SyntheticClient client)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.RunAsync(CancellationToken.None).DefaultTimeout());
        Assert.StartsWith(code, refused.Status.Detail, StringComparison.Ordinal);
    }

    static async Task<ServerMessage?> HelloAsync(GrpcWire wire, SyntheticClient client)
    {
        var conversation = new Conversation(wire.Connect(client.Token, CancellationToken.None));
        await conversation.SayAsync(new ClientMessage { Hello = client.Hello() });
        return await conversation.HearAsync();
    }

    GrpcWire Wire(X509Certificate2? certificate) => new(_kit.GrpcAddress, () => SiteHttp.Handler(certificate));

    async Task<int> CertificatesAsync() => (await _kit.Get<OperatorRows>().CertificatesAsync(CancellationToken.None)).Count;

    async Task<string> InviteAsync(string client) =>
        (await RestKit.ReadAsync(await _admin.PostAsync("api/v1/join-tokens", RestKit.Json(new { client })))).GetProperty("token").GetString()!;

    Task<HttpResponseMessage> EnrolAsync(string token, string request) => _kit.Http.PostAsync("api/v1/enrol", RestKit.Json(new { token, request }));

    async Task<X509Certificate2> EnrolledAsync(string client, SiteKeys keys) =>
        keys.With((await RestKit.ReadAsync(await EnrolAsync(await InviteAsync(client), keys.Request))).GetProperty("certificate").GetString()!);

    public async ValueTask DisposeAsync()
    {
        _a.Dispose();
        _b.Dispose();
        _keysA.Dispose();
        _keysB.Dispose();
        _admin.Dispose();
        await _kit.DisposeAsync();
    }
}
