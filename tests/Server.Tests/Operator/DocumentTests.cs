using System.Net;
using System.Text.Json;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

/// <summary>The interface against its own description: every route and every refusal in the document, and nothing beside it.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    const string Run = "api/v1/runs/r";

    /// <summary>Needs a round that clients have trained; ReplayTests have one.</summary>
    const string Replay = "POST /api/v1/runs/{id}/rounds/{round}/replay";

    /// <summary>Has a test of its own, because nothing works after it.</summary>
    const string DatabaseGone = "F402";
    /// <summary>Refuses a run that is over or in a round; that is tested where the versions are made.</summary>
    const string RollBack = "POST /api/v1/runs/{id}/rollback";

    /// <summary>Needs as many open streams as there may be; EventStreamTests have them.</summary>
    const string StreamsExhausted = "F378";

    /// <summary>Need something damaged; BackupTests do that.</summary>
    static readonly string[] Damaged = ["F407", "F412"];

    static readonly string Digest = TreeDigest.Of(RestKit.Adapter.PlanBytes);
    static readonly string Absent = TreeDigest.Of([9, 9, 9]);

    RestKit _kit = null!;
    HttpClient _admin = null!;
    JsonElement _document;

    public async ValueTask InitializeAsync()
    {
        _kit = await RestKit.StartAsync(tls: true);
        _admin = _kit.Client(_kit.FirstKey);
        _document = JsonDocument.Parse(await _kit.Http.GetStringAsync("openapi/v1.json")).RootElement;
    }

    [Fact]
    public async Task Document_IsValidOpenApi31()
    {
        Assert.StartsWith("3.1", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var read = await OpenApiDocument.LoadAsync(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(_document)), "json", new Microsoft.OpenApi.Reader.OpenApiReaderSettings());
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
    }

    [Fact]
    public void Document_HasEveryRoute_AndEveryRouteItsRule()
    {
        var routes = _kit.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !e.RoutePattern.RawText!.Contains("federated.v1.", StringComparison.Ordinal) && !e.RoutePattern.RawText!.Contains("{unimplemented", StringComparison.Ordinal))
            // The dashboard's pages hold no data.
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null || e.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) || e.RoutePattern.RawText.StartsWith("/openapi", StringComparison.Ordinal)).ToList();
        Assert.Empty(routes.Where(e => e.Metadata.GetMetadata<RouteRule>() is null).Select(e => e.RoutePattern.RawText));
        var mapped = routes.Where(e => !e.RoutePattern.RawText!.StartsWith("/openapi", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.Replace(":int", "", StringComparison.Ordinal)}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), Operations().Select(o => o.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryRoute_Answers()
    {
        await _kit.CreateRunAsync("r", _admin);
        foreach (var (name, send) in Walk())
        {
            using var answer = await send();
            if (name == Replay)
                Assert.Equal("F108", await CodeAsync(answer));
            else
                Assert.True(answer.IsSuccessStatusCode, $"{name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        Assert.Equal(Operations().Select(o => o.Name).Order(StringComparer.Ordinal), Walk().Select(w => w.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryRoute_ByEveryRole_IsLetThroughOrRefused()
    {
        var callers = new (Role Role, string? Key)[] { (Role.Anyone, null), (Role.Viewer, await _kit.KeyAsync("viewer")), (Role.Operator, await _kit.KeyAsync("operator")), (Role.Admin, await _kit.KeyAsync("admin")) };
        foreach (var operation in Operations())
        {
            foreach (var (role, key) in callers)
            {
                using var http = _kit.Client(key);
                var before = await _kit.AuditAsync();
                using var answer = await http.SendAsync(Request(operation.Name));
                var code = await CodeAsync(answer);
                if (role >= operation.Role)
                    Assert.True(code is not ("F360" or "F361" or "F362"), $"{operation.Name} by {role}: {code}");
                else
                {
                    Assert.Equal($"{operation.Name} by {role}: {(role == Role.Anyone ? "F360" : "F362")}", $"{operation.Name} by {role}: {code}");
                    Assert.Equal(before.Count, (await _kit.AuditAsync()).Count);
                }
            }
        }
    }

    [Fact]
    public async Task EveryChange_IsInTheAuditTrail_BeforeItIsCarriedOut()
    {
        foreach (var operation in Operations().Where(o => !o.Name.StartsWith("GET", StringComparison.Ordinal) && !o.Rule.AuditsItself))
        {
            var before = (await _kit.AuditAsync()).Count;
            using var answer = await _admin.SendAsync(Request(operation.Name));
            var entries = (await _kit.AuditAsync()).Skip(before).Select(e => e.Action).ToList();
            Assert.Contains(operation.Name.Replace("{round}", "{round:int}", StringComparison.Ordinal), entries);
        }
        Assert.True((await _kit.GetAsync("audit/verify", _admin)).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Ready_WithoutItsDatabase_SaysSo()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={System.IO.Path.Combine(_kit.Folder, "data", "federated.db")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE audit";
            command.ExecuteNonQuery();
        }
        Assert.Contains("database", await RestKit.RefusedAsync(DatabaseGone, await _kit.Http.GetAsync("health/ready")), StringComparison.Ordinal);
        (await _kit.Http.GetAsync("health/live")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task EveryDocumentedRefusal_Happens()
    {
        await _kit.CreateRunAsync("r", _admin);
        await _kit.CreateRunAsync("stopped", _admin);
        (await _admin.PostAsync("api/v1/runs/stopped/stop", null)).EnsureSuccessStatusCode();
        var keys = (Viewer: await _kit.KeyAsync("viewer"), Limited: await _kit.KeyAsync("operator", "other"));
        await using var plain = await RestKit.StartAsync(limits: new OperatorOptions { RequireKeys = false, LoopbackOnly = true, RequestBurst = 1, RequestsPerSecond = 0.001 });
        (await plain.Http.GetAsync("health/live")).EnsureSuccessStatusCode();
        foreach (var operation in Operations())
        {
            foreach (var code in operation.Codes.Except([DatabaseGone, StreamsExhausted, .. Damaged]).Except(operation.Name == RollBack ? ["F104", "F110"] : []))
            {
                using var answer = await ProvokeAsync(operation, code, keys.Viewer, keys.Limited, plain);
                var found = await CodeAsync(answer);
                Assert.Equal($"{operation.Name} {code}", $"{operation.Name} {found}");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    /// <summary>Every operation once, in an order in which each works.</summary>
    List<(string Name, Func<Task<HttpResponseMessage>> Send)> Walk() =>
    [
        ("GET /health/live", () => _kit.Http.GetAsync("health/live")),
        ("GET /health/ready", () => _kit.Http.GetAsync("health/ready")),
        ("GET /api/v1/health", () => _kit.Http.GetAsync("api/v1/health")),
        ("GET /api/v1/runs", () => _admin.GetAsync("api/v1/runs")),
        ("POST /api/v1/runs", () => _admin.PostAsync("api/v1/runs", new ByteArrayContent(RestKit.Adapter.Spec("second", 1, 1)))),
        ("GET /api/v1/runs/{id}", () => _admin.GetAsync(Run)),
        ("POST /api/v1/runs/{id}/pause", () => _admin.PostAsync($"{Run}/pause", null)),
        ("POST /api/v1/runs/{id}/resume", () => _admin.PostAsync($"{Run}/resume", null)),
        ("POST /api/v1/runs/{id}/clone", () => _admin.PostAsync($"{Run}/clone", RestKit.Json(new { name = "clone", changes = new { rounds = 3 } }))),
        ("POST /api/v1/runs/{id}/rollback", () => _admin.PostAsync("api/v1/runs/clone/rollback", RestKit.Json(new { version = 0 }))),
        (Replay, () => _admin.PostAsync($"{Run}/rounds/1/replay", RestKit.Json(new { strategy = "flora" }))),
        ("POST /api/v1/runs/{id}/stop", () => _admin.PostAsync($"{Run}/stop", null)),
        ("GET /api/v1/runs/{id}/rounds", () => _admin.GetAsync($"{Run}/rounds")),
        ("GET /api/v1/runs/{id}/rounds/{round}", () => _admin.GetAsync($"{Run}/rounds/0")),
        ("GET /api/v1/runs/{id}/curves", () => _admin.GetAsync($"{Run}/curves")),
        ("GET /api/v1/runs/{id}/privacy", () => _admin.GetAsync($"{Run}/privacy")),
        ("GET /api/v1/runs/{id}/leakage", () => _admin.GetAsync($"{Run}/leakage")),
        ("GET /api/v1/runs/{id}/versions", () => _admin.GetAsync($"{Run}/versions")),
        ("GET /api/v1/runs/{id}/versions/{version}", () => _admin.GetAsync($"{Run}/versions/0")),
        ("GET /api/v1/adapters", () => _admin.GetAsync("api/v1/adapters")),
        ("GET /api/v1/adapters/{id}/{version}", () => _admin.GetAsync("api/v1/adapters/r/latest")),
        ("GET /api/v1/adapters/{id}/{version}/archive", () => _admin.GetAsync("api/v1/adapters/r/0/archive")),
        ("PUT /api/v1/blobs/{digest}", () => _admin.PutAsync($"api/v1/blobs/{Digest}", new ByteArrayContent(RestKit.Adapter.PlanBytes))),
        ("GET /api/v1/blobs/{digest}", () => _admin.GetAsync($"api/v1/blobs/{Digest}")),
        ("PUT /api/v1/fleet/{id}/labels", () => _admin.PutAsync("api/v1/fleet/site-a/labels", RestKit.Json(new { zone = "north" }))),
        ("GET /api/v1/fleet", () => _admin.GetAsync("api/v1/fleet")),
        ("GET /api/v1/fleet/{id}", () => _admin.GetAsync("api/v1/fleet/site-a")),
        ("POST /api/v1/fleet/{id}/drain", () => _admin.PostAsync("api/v1/fleet/site-a/drain", null)),
        ("POST /api/v1/fleet/{id}/undrain", () => _admin.PostAsync("api/v1/fleet/site-a/undrain", null)),
        ("POST /api/v1/fleet/{id}/revoke", () => _admin.PostAsync("api/v1/fleet/site-a/revoke", null)),
        ("POST /api/v1/fleet/{id}/approve", () => _admin.PostAsync("api/v1/fleet/site-a/approve", null)),
        ("GET /api/v1/keys", () => _admin.GetAsync("api/v1/keys")),
        ("POST /api/v1/keys", () => _admin.PostAsync("api/v1/keys", RestKit.Json(new { name = "k", role = "viewer" }))),
        ("DELETE /api/v1/keys/{id}", async () => await _admin.DeleteAsync($"api/v1/keys/{(await RestKit.ReadAsync(await _admin.PostAsync("api/v1/keys", RestKit.Json(new { name = "k" })))).GetProperty("id")}")),
        ("GET /api/v1/join-tokens", () => _admin.GetAsync("api/v1/join-tokens")),
        ("POST /api/v1/join-tokens", () => _admin.PostAsync("api/v1/join-tokens", RestKit.Json(new { client = "site-b" }))),
        ("DELETE /api/v1/join-tokens/{id}", async () => await _admin.DeleteAsync($"api/v1/join-tokens/{(await InviteAsync("site-c")).GetProperty("id")}")),
        ("GET /api/v1/authority", () => _kit.Http.GetAsync("api/v1/authority")),
        ("POST /api/v1/enrol", async () => await EnrolAsync("site-d")),
        ("POST /api/v1/renew", RenewAsync),
        ("GET /api/v1/session", () => _admin.GetAsync("api/v1/session")),
        ("POST /api/v1/session", () => _kit.Http.PostAsync("api/v1/session", RestKit.Json(new { key = _kit.FirstKey }))),
        ("DELETE /api/v1/session", () => _kit.Http.DeleteAsync("api/v1/session")),
        ("GET /api/v1/strategies", () => _admin.GetAsync("api/v1/strategies")),
        ("GET /api/v1/events", () => _admin.GetAsync("api/v1/events?run=r")),
        ("GET /api/v1/audit", () => _admin.GetAsync("api/v1/audit?limit=2")),
        ("GET /api/v1/backup", () => _admin.GetAsync("api/v1/backup")),
        ("GET /api/v1/audit/verify", () => _admin.GetAsync("api/v1/audit/verify")),
    ];

    async Task<HttpResponseMessage> ProvokeAsync(Operation operation, string code, string viewer, string limited, RestKit plain)
    {
        var name = operation.Name;
        var (method, path) = (new HttpMethod(name.Split(' ')[0]), Path(name));
        Task<HttpResponseMessage> Send(HttpClient http, string at, object? body = null) =>
            http.SendAsync(new HttpRequestMessage(method, at) { Content = body is HttpContent content ? content : body is null ? null : RestKit.Json(body) });
        switch (code)
        {
            case "F101": return await Send(_admin, System.Text.RegularExpressions.Regex.Replace(path, "/r(/|$)", "/nobody$1"), name == RollBack ? new { version = 0 } : new { name = "x" });
            case "F103": return await Send(_admin, path, name.EndsWith("clone", StringComparison.Ordinal) ? new { name = "r" } : new ByteArrayContent(RestKit.Adapter.Spec("r", 1, 1)));
            case "F104": return await Send(_admin, path.Replace("/r/", "/stopped/", StringComparison.Ordinal));
            case "F108" when name == RollBack: return await Send(_admin, path, new { version = 77 });
            case "F108": return await Send(_admin, path.Replace("/latest", "/77", StringComparison.Ordinal));
            case "F131":
                // A head alone is no LoRA adapter.
                await CreateAsync(new TestAdapter(modules: 0), "bare");
                return await _admin.GetAsync("api/v1/adapters/bare/latest/archive");
            case "F130": return await Send(_admin, path.Replace("/rounds/0", "/rounds/99", StringComparison.Ordinal));
            case "F306": return await Send(_admin, path.Replace("nobody", "NO%20BODY", StringComparison.Ordinal), new { client = "NO BODY" });
            case "F360": return await Send(_kit.Http, path);
            case "F361" when name == "POST /api/v1/session": return await Send(_kit.Http, path, new { key = "fedkey_00_11" });
            case "F361": return await Send(_kit.Client("fedkey_00_11"), path);
            case "F362" when operation.Role > Role.Viewer: return await Send(_kit.Client(viewer), path);
            case "F362": return await Send(_kit.Client(limited), path);
            case "F363":
                using (var foreign = new HttpRequestMessage(method, $"{plain.HttpAddress}/{path}") { Headers = { Host = "evil.example" } })
                    return await plain.Http.SendAsync(foreign);
            case "F364": return await Send(plain.Http, $"{plain.HttpAddress}/{path}");
            case "F365": return await Send(_kit.Http, path, new { token = "fedjoin_00_11_22", request = "x" });
            case "F366": return name.EndsWith("enrol", StringComparison.Ordinal)
                ? await Send(_kit.Http, path, new { token = (await InviteAsync("site-x")).GetProperty("token").GetString(), request = "no request" })
                : await RenewAsync("no request");
            case "F367": return await Send(_kit.Http, path, new { request = "x" });
            case "F369": return await Send(_admin, path);
            case "F371": return await Send(_admin, path);
            case "F372":
                await _kit.Get<IdempotencyKeys>().BeginAsync(Actor(), $"taken {name}", "another request", CancellationToken.None);
                return await WithKey(method, path, $"taken {name}", "{}");
            case "F373":
                var body = name.EndsWith("keys", StringComparison.Ordinal) ? """{"name":"again"}""" : """{"client":"site-y"}""";
                (await WithKey(method, path, $"twice {name}", body)).EnsureSuccessStatusCode();
                return await WithKey(method, path, $"twice {name}", body);
            case "F379":
                await using (var clear = await RestKit.StartAsync())
                    return await clear.Http.GetAsync(path);
            case "F376": return await Send(_admin, path, new ByteArrayContent(new byte[RequestBody.MaxBytes + 1]));
            case "F403": return await Send(_admin, path, new ByteArrayContent([1, 2, 3]));
            case "F404":
                using (var large = new HttpRequestMessage(method, path) { Content = new EndlessContent(), Headers = { ExpectContinue = true } })
                    return await _admin.SendAsync(large);
            case "F405": return await Send(_admin, path, method == HttpMethod.Post ? new ByteArrayContent(RestKit.Adapter.Spec("x", 1, 1, s => s["plan"] = Absent)) : null);
            case "F501": return name.EndsWith("renew", StringComparison.Ordinal) ? await RenewAsync(null, """{"zzz":1,"request":"x"}""") : await Send(_admin, path, name.EndsWith("clone", StringComparison.Ordinal) ? new { name = "x", zzz = 1 } : name.EndsWith("runs", StringComparison.Ordinal) ? new { zzz = 1 } : new { zzz = 1, name = "x", client = "x", key = "x", token = "x", request = "x" });
            case "F502" when method == HttpMethod.Get: return await Send(_admin, $"{path}?limit=0");
            case "F502": return name.EndsWith("renew", StringComparison.Ordinal) ? await RenewAsync(null, "{}") : await Send(_admin, path, method == HttpMethod.Put ? "[]" : "{}");
            case "F503": return await Send(_admin, path, new ByteArrayContent(RestKit.Adapter.Spec("x", 1, 1, s => s["strategy"] = "no-such")));
            case "F544": return await Send(_admin, path, new ByteArrayContent(RestKit.Adapter.Spec("x", 1, 1, s => s["trust"] = "none")));
            case "F508": return await Send(_admin, path, new ByteArrayContent(RestKit.Adapter.Spec("x", 1, 1, s => s["base"] = Absent)));
            case "F509": return await Send(_admin, path.Replace(Absent, "no-digest", StringComparison.Ordinal), method == HttpMethod.Put ? new ByteArrayContent([1]) : null);
            default: throw new InvalidOperationException($"{name} documents {code}, which no test provokes.");
        }
    }

    async Task CreateAsync(TestAdapter adapter, string name)
    {
        foreach (var blob in adapter.Blobs)
            (await _admin.PutAsync($"api/v1/blobs/{TreeDigest.Of(blob)}", new ByteArrayContent(blob))).EnsureSuccessStatusCode();
        await RestKit.ReadAsync(await _admin.PostAsync("api/v1/runs", new ByteArrayContent(adapter.Spec(name, 1, 1))));
    }

    string Actor() => $"key:{_kit.FirstKey.Split('_')[1]} first";

    Task<HttpResponseMessage> WithKey(HttpMethod method, string path, string key, string body)
    {
        var request = new HttpRequestMessage(method, path) { Content = RestKit.Json(body) };
        request.Headers.Add("Idempotency-Key", key);
        return _admin.SendAsync(request);
    }

    async Task<JsonElement> InviteAsync(string client) => await RestKit.ReadAsync(await _admin.PostAsync("api/v1/join-tokens", RestKit.Json(new { client })));

    async Task<HttpResponseMessage> EnrolAsync(string client, SiteKeys? keys = null)
    {
        using var own = new SiteKeys();
        return await _kit.Http.PostAsync("api/v1/enrol", RestKit.Json(new { token = (await InviteAsync(client)).GetProperty("token").GetString(), request = (keys ?? own).Request }));
    }

    Task<HttpResponseMessage> RenewAsync() => RenewAsync(null);

    async Task<HttpResponseMessage> RenewAsync(string? request, string? body = null)
    {
        using var keys = new SiteKeys();
        var enrolled = await RestKit.ReadAsync(await EnrolAsync("site-r", keys));
        using var certificate = keys.With(enrolled.GetProperty("certificate").GetString()!);
        using var http = SiteHttp.With(certificate, _kit.GrpcAddress);
        return await http.PostAsync("api/v1/renew", RestKit.Json(body ?? JsonSerializer.Serialize(new { request = request ?? keys.Request })));
    }

    static HttpRequestMessage Request(string name) => new(new HttpMethod(name.Split(' ')[0]), Path(name));

    static string Path(string name) => name.Split(' ')[1][1..]
        .Replace("runs/{id}", "runs/r", StringComparison.Ordinal).Replace("adapters/{id}", "adapters/r", StringComparison.Ordinal).Replace("{id}", "nobody", StringComparison.Ordinal)
        .Replace("{round}", "0", StringComparison.Ordinal).Replace("{version}", "latest", StringComparison.Ordinal).Replace("{digest}", Absent, StringComparison.Ordinal);

    static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString() : null;

    List<Operation> Operations()
    {
        var rules = _kit.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<RouteRule>() is not null)
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => ($"{m} {e.RoutePattern.RawText!.Replace(":int", "", StringComparison.Ordinal)}", e.Metadata.GetMetadata<RouteRule>()!)))
            .ToDictionary(p => p.Item1, p => p.Item2);
        return [.. from path in _document.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   let name = $"{operation.Name.ToUpperInvariant()} {path.Name}"
                   select new Operation(name, rules[name], [.. Codes(operation.Value)])];
    }

    static IEnumerable<string> Codes(JsonElement operation) =>
        operation.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] is '4' or '5')
            .SelectMany(r => r.Value.GetProperty("description").GetString()!.Split("; ").Select(d => d[..4]));

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _kit.DisposeAsync();
    }

    sealed record Operation(string Name, RouteRule Rule, IReadOnlyList<string> Codes)
    {
        public Role Role => Rule.Role;
    }

    /// <summary>Says that it is longer than any blob may be, and then sends nothing of it.</summary>
    sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = (1L << 30) + 1;
            return true;
        }
    }
}
