using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Federated.Formats.Digests;
using Federated.Server.Hosting;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Microsoft.Extensions.DependencyInjection;

namespace Server.Tests.Kit;

/// <summary>The whole server in this process, on real sockets and a real database, with a clock of its own where a test needs one.</summary>
sealed class RestKit : IAsyncDisposable
{
    readonly TemporaryFolder _data;
    readonly DataFolder _folder;
    readonly SqliteRunStore _store;
    readonly ServerCertificates? _certificates;
    readonly RunningServer _server;

    RestKit(TemporaryFolder data, DataFolder folder, SqliteRunStore store, ServerCertificates? certificates, RunningServer server)
    {
        (_data, _folder, _store, _certificates, _server) = (data, folder, store, certificates, server);
        Http = Client();
    }

    public static TestAdapter Adapter { get; } = new();

    public HttpClient Http { get; }

    public string Folder => _data.Path;

    public string HttpAddress => _server.HttpAddress;

    public string GrpcAddress => _server.GrpcAddress;

    public T Get<T>() where T : notnull => _server.Services.GetRequiredService<T>();

    public static async Task<RestKit> StartAsync(
        bool tls = false, Func<ServerArguments, ServerArguments>? change = null, TimeProvider? time = null, OperatorOptions? limits = null, TemporaryFolder? data = null)
    {
        data ??= new TemporaryFolder();
        var arguments = new ServerArguments(Path.Combine(data.Path, "data"), 0, 0, 1);
        if (tls)
        {
            var certificatesFolder = Path.Combine(data.Path, "tls");
            if (!Directory.Exists(certificatesFolder))
                TlsFolder.Create(certificatesFolder, "Test", ["localhost", "127.0.0.1"], (time ?? TimeProvider.System).GetUtcNow());
            arguments = arguments with { Tls = certificatesFolder, RequireKeys = true };
        }
        arguments = change?.Invoke(arguments) ?? arguments;
        var folder = DataFolder.Open(arguments.Data);
        var store = await SqliteRunStore.OpenAsync(folder.Database, CancellationToken.None);
        var certificates = ServerCertificates.Load(arguments.Tls, time ?? TimeProvider.System);
        var server = new RunningServer(arguments, folder, Task.FromResult(store), certificates, s => { if (time is not null) s.AddSingleton(time); }, limits);
        await server.StartAsync();
        return new RestKit(data, folder, store, certificates, server);
    }

    /// <summary>A client that trusts the kit's server; with a key, if one is given.</summary>
    public HttpClient Client(string? key = null, HttpMessageHandler? handler = null)
    {
        var http = new HttpClient(handler ?? new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true, UseCookies = false, UseProxy = false }) { BaseAddress = new Uri(_server.HttpAddress) };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    public string FirstKey => File.ReadAllText(_folder.AdminKey).Trim();

    public async Task<string> KeyAsync(string role, params string[] runs) =>
        (await Get<ApiKeys>().CreateAsync($"{role}-{runs.Length}", Enum.Parse<Role>(role, ignoreCase: true), runs.Length == 0 ? null : runs, 1, "test", CancellationToken.None)).Key;

    /// <summary>Uploads the adapter's blobs and creates a run.</summary>
    public async Task CreateRunAsync(string name, HttpClient? http = null, int rounds = 1, int cohort = 1, Action<System.Text.Json.Nodes.JsonObject>? change = null)
    {
        foreach (var blob in Adapter.Blobs)
            (await (http ?? Http).PutAsync($"api/v1/blobs/{TreeDigest.Of(blob)}", new ByteArrayContent(blob))).EnsureSuccessStatusCode();
        using var answer = await (http ?? Http).PostAsync("api/v1/runs", new ByteArrayContent(Adapter.Spec(name, rounds, cohort, change)));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    public Task<List<AuditRow>> AuditAsync() => Get<OperatorRows>().AuditAsync(0, 10_000, CancellationToken.None);

    public static HttpContent Json(object body) => new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    /// <summary>Asserts a refusal as problem+json and returns its sentence.</summary>
    public static async Task<string> RefusedAsync(string code, HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{(int)answer.StatusCode} {text}");
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.True(code == problem.GetProperty("code").GetString(), $"{code} was expected: {text}");
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.Contains($"docs/errors.md#{code.ToLowerInvariant()}", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        return problem.GetProperty("detail").GetString()!;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public Task<JsonElement> GetAsync(string path, HttpClient? http = null) => (http ?? Http).GetFromJsonAsync<JsonElement>($"api/v1/{path}");

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _data.Dispose();
    }

    /// <summary>Ends the server and leaves its folders, for another start or for somebody to meddle with.</summary>
    public async Task<TemporaryFolder> CloseAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
        _certificates?.Dispose();
        _folder.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        return _data;
    }
}
