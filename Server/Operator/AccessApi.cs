using System.Text.Json.Nodes;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Operator;

/// <summary>Keys, join tokens, enrolment, the browser's session and the audit trail over REST.</summary>
static class AccessApi
{
    const double DefaultKeyDays = 90, DefaultTokenHours = 24;
    static readonly Fault[] BodyFaults = [Fault.ValueInvalid, Fault.UnknownKey, Fault.BodyTooLarge];

    public static void Map(RouteGroupBuilder api)
    {
        MapKeys(api);
        MapTokens(api);
        MapSession(api);
        api.MapGet("/audit", AuditAsync).Needs(Role.Admin, "The audit trail, the oldest first.", Fault.ValueInvalid).Produces<IReadOnlyList<AuditEntry>>();
        api.MapGet("/audit/verify", (AuditTrail audit, CancellationToken stopping) => audit.VerifyAsync(stopping))
            .Needs(Role.Admin, "Recompute the audit trail's hash chain.").Produces<AuditVerdict>();
    }

    static void MapKeys(RouteGroupBuilder api)
    {
        api.MapGet("/keys", (ApiKeys keys) => keys.All.Select(View).ToList()).Needs(Role.Admin, "List the API keys.").Produces<IReadOnlyList<KeyView>>();
        api.MapPost("/keys", CreateKeyAsync).Needs(new RouteRule(Role.Admin) { AnswersSecret = true, Refusals = BodyFaults }, "Make an API key: body {\"name\", \"role\", \"days\", \"runs\"}. It is shown this once.")
            .Accepts<JsonObject>("application/json").Produces<NewKey>(StatusCodes.Status201Created);
        api.MapDelete("/keys/{id}", async (string id, ApiKeys keys, CancellationToken stopping) => View(await keys.RevokeAsync(id, stopping)))
            .Needs(Role.Admin, "Revoke an API key at once.", Fault.KeyNotFound).Produces<KeyView>();
    }

    static async Task<IResult> CreateKeyAsync(HttpContext context, ApiKeys keys, CancellationToken stopping)
    {
        var (name, role, days, runs) = RequestBody.Read(context.Request, o => (
            o.Text("name", maxLength: ApiKeys.MaxNameLength), o.Choice("role", ["viewer", "operator", "admin"], "viewer"), o.Number("days", 0, ApiKeys.MaxDays, DefaultKeyDays),
            o.Element("runs") is null ? null : o.Texts("runs", maxCount: ApiKeys.MaxRuns)));
        var (row, key) = await keys.CreateAsync(name, Enum.Parse<Role>(role, ignoreCase: true), runs, days, context.Caller().Name, stopping);
        return Results.Created($"/api/v1/keys/{row.Id}", new NewKey(row.Id, row.Name, row.Role, row.ExpiresMs, key));
    }

    static void MapTokens(RouteGroupBuilder api)
    {
        api.MapGet("/join-tokens", (JoinTokens tokens) => tokens.All.Select(t => View(t, tokens)).ToList()).Needs(Role.Admin, "List the join tokens.").Produces<IReadOnlyList<JoinTokenView>>();
        api.MapPost("/join-tokens", CreateTokenAsync)
            .Needs(new RouteRule(Role.Admin) { AnswersSecret = true, Refusals = [.. BodyFaults, Fault.ClientIdInvalid] }, "Invite one client id, once: body {\"client\", \"hours\"}. The token is shown this once.")
            .Accepts<JsonObject>("application/json").Produces<NewJoinToken>(StatusCodes.Status201Created);
        api.MapDelete("/join-tokens/{id}", async (string id, JoinTokens tokens, CancellationToken stopping) => View(await tokens.RevokeAsync(id, stopping), tokens))
            .Needs(Role.Admin, "Revoke a join token that was not used.", Fault.KeyNotFound).Produces<JoinTokenView>();
        api.MapGet("/authority", (ClientCertificates certificates) => Results.Text(Authority(certificates).Pem, "application/x-pem-file"))
            .Needs(Role.Anyone, "The certificate of the authority, which a join token names by its fingerprint.", Fault.TlsFolderUnusable).Produces<string>(contentType: "application/x-pem-file");
        api.MapPost("/enrol", EnrolAsync)
            .Needs(new RouteRule(Role.Anyone) { AuditsItself = true, Refusals = [.. BodyFaults, Fault.JoinTokenRefused, Fault.SigningRequestRefused] }, "Turn a join token and a signing request into a client certificate: body {\"token\", \"request\"}.")
            .Accepts<JsonObject>("application/json").Produces<EnrolledView>();
        api.MapPost("/renew", RenewAsync)
            .Needs(new RouteRule(Role.Anyone) { AuditsItself = true, Refusals = [.. BodyFaults, Fault.CertificateRefused, Fault.SigningRequestRefused] }, "Renew a client certificate, on the clients' port, with the present one: body {\"request\"}.")
            .Accepts<JsonObject>("application/json").Produces<EnrolledView>();
    }

    static async Task<IResult> CreateTokenAsync(HttpContext context, JoinTokens tokens, CancellationToken stopping)
    {
        var (client, hours) = RequestBody.Read(context.Request, o => (o.Text("client", maxLength: 256), o.Number("hours", 0, 24 * 30, DefaultTokenHours)));
        var (row, token) = await tokens.CreateAsync(client, hours, context.Caller().Name, stopping);
        return Results.Created($"/api/v1/join-tokens/{row.Id}", new NewJoinToken(row.Id, row.Client, row.ExpiresMs, token));
    }

    static async Task<EnrolledView> EnrolAsync(HttpContext context, JoinTokens tokens, ClientCertificates certificates, CancellationToken stopping)
    {
        var (token, request) = RequestBody.Read(context.Request, o => (o.Text("token"), o.Text("request", maxLength: CertificateAuthority.MaxRequestLength)));
        var (client, certificate) = await tokens.EnrolAsync(token, request, stopping);
        return new EnrolledView(client, certificate, certificates.Authority!.Pem);
    }

    static CertificateAuthority Authority(ClientCertificates certificates) =>
        certificates.Authority ?? throw new FaultException(Fault.TlsFolderUnusable, "The server runs without --tls and has no authority.");

    static async Task<EnrolledView> RenewAsync(HttpContext context, ClientCertificates certificates, Fleet.ClientStandings standings, CancellationToken stopping)
    {
        var client = certificates.Identify(context.Connection.ClientCertificate);
        if (standings.Refuses(client) is { } refusal)
            throw new FaultException(refusal);
        var request = RequestBody.Read(context.Request, o => o.Text("request", maxLength: CertificateAuthority.MaxRequestLength));
        var by = $"certificate:{CertificateAuthority.SerialOf(context.Connection.ClientCertificate!)}";
        using var certificate = await certificates.IssueAsync(request, client, (by, "renew"), [], stopping);
        return new EnrolledView(client, certificate.ExportCertificatePem(), certificates.Authority!.Pem);
    }

    static void MapSession(RouteGroupBuilder api)
    {
        api.MapGet("/session", (HttpContext context) => View(context.Caller())).Needs(new RouteRule(Role.Viewer) { OpenToLimitedKeys = true }, "Who the server takes the caller for.").Produces<SessionView>();
        api.MapPost("/session", Begin).Needs(new RouteRule(Role.Anyone) { AuditsItself = true, Refusals = [.. BodyFaults, Fault.KeyRefused] }, "Keep an API key in a browser's cookie, out of reach of scripts: body {\"key\"}.")
            .Accepts<JsonObject>("application/json").Produces<SessionView>();
        api.MapDelete("/session", (HttpContext context) => context.Response.Cookies.Delete(AccessMiddleware.Cookie))
            .Needs(new RouteRule(Role.Anyone) { AuditsItself = true }, "Forget the cookie.").Produces(StatusCodes.Status200OK);
    }

    static SessionView Begin(HttpContext context, ApiKeys keys)
    {
        var key = RequestBody.Read(context.Request, o => o.Text("key", maxLength: 256));
        var caller = keys.Authenticate(key);
        context.Response.Cookies.Append(AccessMiddleware.Cookie, key, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", IsEssential = true,
        });
        return View(caller);
    }

    static async Task<IReadOnlyList<AuditEntry>> AuditAsync(HttpContext context, OperatorRows rows, long? after, int? limit, CancellationToken stopping) =>
        Paging.Linked(context, (await rows.AuditAsync(after ?? 0, Paging.Limit(limit), stopping)).Select(AuditTrail.Entry).ToList(), e => e.Sequence, limit);

    static KeyView View(ApiKeyRow row) => new(row.Id, row.Name, row.Role, row.Runs?.Split(' '), row.CreatedBy, row.CreatedMs, row.ExpiresMs, row.RevokedMs);

    static JoinTokenView View(JoinTokenRow row, JoinTokens tokens) => new(row.Id, row.Client, tokens.StateOf(row), row.CreatedBy, row.CreatedMs, row.ExpiresMs);

    static SessionView View(Caller caller) => new(caller.Name, caller.Role.ToString().ToLowerInvariant(), caller.Runs is null ? null : [.. caller.Runs.Order(StringComparer.Ordinal)]);
}
