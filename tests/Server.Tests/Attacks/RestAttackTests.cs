using System.Net;
using System.Net.Sockets;
using System.Text;
using Federated.Formats.Digests;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Microsoft.Data.Sqlite;
using Server.Tests.Kit;

namespace Server.Tests.Attacks;

/// <summary>Attempts over REST and on the files; each is refused, or comes to light, and changes nothing.</summary>
public sealed class RestAttackTests : IAsyncLifetime
{
    const string Script = "<script>alert(1)</script>";
    const string Sql = "'; DROP TABLE runs; --";

    readonly ManualClock _clock = new();
    RestKit _kit = null!;

    public async ValueTask InitializeAsync() => _kit = await RestKit.StartAsync(
        change: a => a with { RequireKeys = true }, time: _clock, limits: new OperatorOptions { RequireKeys = true, LoopbackOnly = true, HeadSeconds = 1 });

    [Fact]
    public async Task Key_MissingWrongExpiredOrRevoked_IsRefused_AndNothingIsCreated()
    {
        var admin = _kit.Client(_kit.FirstKey);
        var (expiring, revoked) = (await _kit.KeyAsync("admin"), await _kit.KeyAsync("admin"));
        (await admin.DeleteAsync($"api/v1/keys/{revoked.Split('_')[1]}")).EnsureSuccessStatusCode();
        var before = (await _kit.AuditAsync()).Count;
        await RestKit.RefusedAsync("F360", await CreateKeyAsync(_kit.Http));
        await RestKit.RefusedAsync("F361", await CreateKeyAsync(_kit.Client(revoked)));
        var wrong = expiring[..^1] + (expiring[^1] == '0' ? '1' : '0');
        await RestKit.RefusedAsync("F361", await CreateKeyAsync(_kit.Client(wrong)));
        _clock.Advance(TimeSpan.FromDays(2));
        await RestKit.RefusedAsync("F361", await CreateKeyAsync(_kit.Client(expiring)));
        Assert.Equal(before, (await _kit.AuditAsync()).Count);
        Assert.Equal(3, _kit.Get<ApiKeys>().All.Count);
    }

    [Fact]
    public async Task Key_LimitedToARun_SeesAndSteersNoOther()
    {
        var admin = _kit.Client(_kit.FirstKey);
        await _kit.CreateRunAsync("mine", admin);
        await _kit.CreateRunAsync("theirs", admin);
        var limited = _kit.Client(await _kit.KeyAsync("operator", "mine"));

        Assert.Equal("mine", Assert.Single((await _kit.GetAsync("runs", limited)).EnumerateArray()).GetProperty("id").GetString());
        foreach (var path in new[] { "runs/theirs", "runs/theirs/rounds", "adapters/theirs/0", "adapters/theirs/0/archive", "events?run=theirs", "events", "fleet" })
            await RestKit.RefusedAsync("F362", await limited.GetAsync($"api/v1/{path}"));
        await RestKit.RefusedAsync("F362", await limited.PostAsync("api/v1/runs/theirs/stop", null));
        await RestKit.RefusedAsync("F362", await limited.PostAsync("api/v1/runs/mine/clone", RestKit.Json(new { name = "theirs-2" })));
        Assert.False(_kit.Get<RunDirectory>().Get("theirs").Current.State.IsTerminal);
        Assert.Null(_kit.Get<RunDirectory>().Find("theirs-2"));
        (await limited.PostAsync("api/v1/runs/mine/stop", null)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Key_IsStoredAsAHashOnly()
    {
        var key = await _kit.KeyAsync("admin");
        var data = await _kit.CloseAsync();
        var secret = key.Split('_')[2];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(data.Path, "data"), "federated.db*"))
            Assert.DoesNotContain(secret, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        _kit = await RestKit.StartAsync(change: a => a with { RequireKeys = true }, time: _clock, data: data);
        Assert.Equal("admin", (await _kit.GetAsync("session", _kit.Client(key))).GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "evil.example")]
    public async Task Request_OfAnotherSitesPage_IsRefused_EvenWithTheCookie(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/keys") { Content = RestKit.Json(new { name = "csrf", role = "admin" }) };
        request.Headers.TryAddWithoutValidation(header, value);
        request.Headers.Add("Cookie", $"{AccessMiddleware.Cookie}={_kit.FirstKey}");
        var before = _kit.Get<ApiKeys>().All.Count;

        await RestKit.RefusedAsync("F363", await _kit.Http.SendAsync(request));

        Assert.Equal(before, _kit.Get<ApiKeys>().All.Count);
    }

    [Fact]
    public async Task Session_CookieIsOutOfReachOfScripts_AndWorksFromOurOwnPages()
    {
        using var answer = await _kit.Http.PostAsync("api/v1/session", RestKit.Json(new { key = _kit.FirstKey }));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/keys") { Content = RestKit.Json(new { name = "mine" }) };
        request.Headers.Add("Origin", _kit.HttpAddress);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.Created, (await _kit.Http.SendAsync(request)).StatusCode);
        await RestKit.RefusedAsync("F361", await _kit.Http.PostAsync("api/v1/session", RestKit.Json(new { key = "fedkey_00_11" })));
    }

    [Theory]
    [InlineData("zone", Script)]
    [InlineData("zone", Sql)]
    public async Task Label_WithScriptOrSql_IsTextAndNothingElse(string name, string value)
    {
        var admin = _kit.Client(_kit.FirstKey);
        await _kit.CreateRunAsync("r", admin);
        using var answer = await admin.PutAsync("api/v1/fleet/site/labels", RestKit.Json(new Dictionary<string, string> { [name] = value }));
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(value, (await _kit.GetAsync("fleet/site", admin)).GetProperty("labels").GetProperty(name).GetString());
        Assert.Single((await _kit.GetAsync("runs", admin)).EnumerateArray());
    }

    [Theory]
    [InlineData(Script, "x")]
    [InlineData("zone", "line\nbreak")]
    [InlineData("../zone", "x")]
    public async Task Label_OutOfItsRange_IsRefused(string name, string value)
    {
        var admin = _kit.Client(_kit.FirstKey);
        await RestKit.RefusedAsync("F502", await admin.PutAsync("api/v1/fleet/site/labels", RestKit.Json(new Dictionary<string, string> { [name] = value })));
        await RestKit.RefusedAsync("F306", await admin.PutAsync($"api/v1/fleet/{Uri.EscapeDataString(Sql)}/labels", RestKit.Json("{}")));
        Assert.Empty(_kit.Get<ClientStandings>().Known);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("a/../../b")]
    [InlineData("a\\..\\b")]
    [InlineData("%00")]
    public async Task Path_ThatClimbs_FindsNothing(string name)
    {
        var admin = _kit.Client(_kit.FirstKey);
        await RestKit.RefusedAsync("F502", await admin.PostAsync("api/v1/runs", new ByteArrayContent(RestKit.Adapter.Spec(name, 1, 1))));
        foreach (var path in new[] { $"adapters/{Uri.EscapeDataString(name)}/0/archive", $"adapters/r/{Uri.EscapeDataString(name)}/archive", $"blobs/{Uri.EscapeDataString(name)}", $"runs/{Uri.EscapeDataString(name)}" })
        {
            using var answer = await admin.GetAsync($"api/v1/{path}");
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}");
            Assert.DoesNotContain(_kit.Folder, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Empty(_kit.Get<RunDirectory>().All);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        var admin = _kit.Client(_kit.FirstKey);
        await RestKit.RefusedAsync("F376", await admin.PostAsync("api/v1/runs", new ByteArrayContent(new byte[RequestBody.MaxBytes + 1])));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "api/v1/runs") { Content = new ByteArrayContent(new byte[RequestBody.MaxBytes + 1]), Headers = { TransferEncodingChunked = true } };
        await RestKit.RefusedAsync("F376", await admin.SendAsync(chunked));
        Assert.Empty(_kit.Get<RunDirectory>().All);
    }

    [Fact]
    public async Task Head_TooLarge_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/runs");
        request.Headers.Add("X-Large", new string('x', 32 << 10));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await _kit.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Head_ThatNeverEnds_IsCut()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_kit.HttpAddress).Port);
        await socket.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray());
        // The server speaks first or hangs up; a server that waited for ever would fail by the limit of the test.
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadToEndAsync().DefaultTimeout(), StringComparison.Ordinal);
    }

    /// <summary>Buffered before anything else, and streamed to a handler: either is cut when it comes too slowly.</summary>
    [Theory]
    [InlineData("POST", "runs", false)]
    [InlineData("PUT", "blobs/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    public async Task Body_ThatTrickles_IsRefused_CountedAndChangesNothing(string method, string path, bool isStreamed)
    {
        await using var kit = await RestKit.StartAsync(limits: new OperatorOptions { RequireKeys = false, LoopbackOnly = true, BodyBytesPerSecond = 1_000, BodyGraceSeconds = 1.1 });
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(kit.HttpAddress).Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"));
        using var answered = new CancellationTokenSource();
        var trickling = TrickleAsync(stream, answered.Token);
        var buffer = new byte[4_096];
        var answer = Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer).AsTask().DefaultTimeout());
        await answered.CancelAsync();
        await trickling;

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"F377\"", answer, StringComparison.Ordinal);
        Assert.Matches("federated_refusals_total\\{[^}]*F377[^}]*\\} 1", await kit.Http.GetStringAsync("metrics"));
        Assert.Empty(kit.Get<RunDirectory>().All);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(kit.Folder, "data", "blobs")));
        Assert.Equal(isStreamed ? 2 : 0, (await kit.AuditAsync()).Count);
        Assert.Equal(isStreamed, (await kit.AuditAsync()).Any(e => e.Action.StartsWith("refused: PUT", StringComparison.Ordinal) && e.Detail.StartsWith("F377", StringComparison.Ordinal)));
    }

    // Never silent, and never fast enough.
    static async Task TrickleAsync(NetworkStream stream, CancellationToken answered)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await pace.WaitForNextTickAsync(answered))
                await stream.WriteAsync(" "u8.ToArray(), answered);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It is answered, or the server has hung up.
        }
    }

    [Fact]
    public async Task Flood_BeyondTheRate_IsRefused_UntilTimeHasPassed()
    {
        await using var kit = await RestKit.StartAsync(time: _clock, limits: new OperatorOptions { RequireKeys = false, LoopbackOnly = true, RequestBurst = 5, RequestsPerSecond = 1 });
        for (var i = 0; i < 5; i++)
            (await kit.Http.GetAsync("health/live")).EnsureSuccessStatusCode();
        using var refused = await kit.Http.PostAsync("api/v1/keys", RestKit.Json(new { name = "flood" }));
        await RestKit.RefusedAsync("F364", refused);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Empty(kit.Get<ApiKeys>().All);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await kit.Http.GetAsync("health/live")).EnsureSuccessStatusCode();
        await RestKit.RefusedAsync("F364", await kit.Http.GetAsync("health/live"));
    }

    [Fact]
    public async Task IdempotencyKey_OfSomebodyElse_RevealsNothing_AndOfAnotherRequest_IsRefused()
    {
        var (one, two) = (_kit.Client(_kit.FirstKey), _kit.Client(await _kit.KeyAsync("admin")));
        await _kit.CreateRunAsync("r", one);
        var first = await PostOnceAsync(one, "runs/r/pause");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await (await PostOnceAsync(one, "runs/r/pause")).Content.ReadAsStringAsync());
        Assert.Single(await _kit.AuditAsync(), e => e.Action == "POST /api/v1/runs/{id}/pause");
        await RestKit.RefusedAsync("F372", await PostOnceAsync(one, "runs/r/resume"));
        Assert.True(_kit.Get<RunDirectory>().Get("r").Current.State.Paused);
        var others = await PostOnceAsync(two, "runs/r/resume");
        Assert.False(others.Headers.Contains("Idempotency-Replayed"));
        Assert.False(_kit.Get<RunDirectory>().Get("r").Current.State.Paused);
    }

    [Fact]
    public async Task IdempotencyKey_OutlivesARestart()
    {
        var spec = RestKit.Adapter.Spec("once", 1, 1);
        await _kit.CreateRunAsync("r", _kit.Client(_kit.FirstKey));
        (await PostOnceAsync(_kit.Client(_kit.FirstKey), "runs", spec)).EnsureSuccessStatusCode();
        _kit = await RestKit.StartAsync(change: a => a with { RequireKeys = true }, time: _clock, data: await _kit.CloseAsync());
        using var again = await PostOnceAsync(_kit.Client(_kit.FirstKey), "runs", spec);
        Assert.Equal((HttpStatusCode.Created, true), (again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
    }

    [Fact]
    public async Task Blob_TamperedWith_IsNotGivenOutAsAnAdapter()
    {
        var admin = _kit.Client(_kit.FirstKey);
        await _kit.CreateRunAsync("r", admin);
        await _kit.Get<IBlobStore>().SettleAsync(CancellationToken.None);
        var group = _kit.Get<RunDirectory>().Get("r").Current.State.Version.Groups[0].Digest;
        var file = Directory.EnumerateFiles(Path.Combine(_kit.Folder, "data", "blobs"), $"*{group[4..]}*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await RestKit.RefusedAsync("F407", await admin.GetAsync("api/v1/adapters/r/0/archive"));
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'somebody' WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET detail = '{}' WHERE sequence = 3", 3)]
    [InlineData("DELETE FROM audit WHERE sequence = 2", 3)]
    [InlineData("DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)", 4)]
    [InlineData("UPDATE audit SET atMs = atMs + 1 WHERE sequence = 1", 1)]
    public async Task AuditRow_TamperedWith_ComesToLight(string sql, long brokenAt)
    {
        var admin = _kit.Client(_kit.FirstKey);
        foreach (var name in new[] { "x", "y", "z" })
            (await CreateKeyAsync(admin, name)).EnsureSuccessStatusCode();
        var intact = await _kit.GetAsync("audit/verify", admin);
        Assert.Equal((true, 4L), (intact.GetProperty("intact").GetBoolean(), intact.GetProperty("entries").GetInt64()));
        Execute(sql);

        var verdict = await _kit.GetAsync("audit/verify", admin);

        Assert.Equal((false, brokenAt), (verdict.GetProperty("intact").GetBoolean(), verdict.GetProperty("brokenAt").GetInt64()));
    }

    [Fact]
    public async Task Audit_SecretsAreNotInIt()
    {
        var admin = _kit.Client(_kit.FirstKey);
        (await CreateKeyAsync(admin)).EnsureSuccessStatusCode();
        (await _kit.Http.PostAsync("api/v1/session", RestKit.Json(new { key = _kit.FirstKey }))).EnsureSuccessStatusCode();
        Assert.DoesNotContain(await _kit.AuditAsync(), e => e.Detail.Contains("fedkey_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Archive_IsTheSameBytesEachTime_AndHoldsThePeftFolder()
    {
        var admin = _kit.Client(_kit.FirstKey);
        await _kit.CreateRunAsync("r", admin);
        var bytes = await admin.GetByteArrayAsync("api/v1/adapters/r/latest/archive");
        Assert.Equal(bytes, await admin.GetByteArrayAsync("api/v1/adapters/r/0/archive"));
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bytes));
        Assert.Equal(["r-v0/adapter_config.json", "r-v0/adapter_model.safetensors", "r-v0/federated.json"], zip.Entries.Select(e => e.FullName));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await _kit.GetAsync("adapters/r/0", admin)).GetProperty("publishedFolder").ValueKind);
    }

    Task<HttpResponseMessage> PostOnceAsync(HttpClient http, string path, byte[]? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/{path}") { Content = body is null ? null : new ByteArrayContent(body) };
        request.Headers.Add("Idempotency-Key", "the-key");
        return http.SendAsync(request);
    }

    static Task<HttpResponseMessage> CreateKeyAsync(HttpClient http, string name = "attack") => http.PostAsync("api/v1/keys", RestKit.Json(new { name, role = "admin" }));

    void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_kit.Folder, "data", "federated.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();
}
