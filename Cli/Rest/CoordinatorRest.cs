using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Terminal;

namespace Federated.Cli.Rest;

/// <summary>The coordinator's public REST interface, as an operator's program sees it.</summary>
sealed class CoordinatorRest(Uri server) : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };

    public Uri Server => server;

    public Task<RunSnapshot> RunAsync(string run, CancellationToken stop) => GetAsync<RunSnapshot>($"api/v1/runs/{run}", stop);
    public Task<RunSnapshot[]> RunsAsync(CancellationToken stop) => GetAsync<RunSnapshot[]>("api/v1/runs", stop);
    public Task<RoundRecord[]> RoundsAsync(string run, CancellationToken stop) => GetAsync<RoundRecord[]>($"api/v1/runs/{run}/rounds", stop);
    public Task<VersionRecord> VersionAsync(string run, string version, CancellationToken stop) => GetAsync<VersionRecord>($"api/v1/runs/{run}/versions/{version}", stop);
    public Task<FleetMember[]> FleetAsync(CancellationToken stop) => GetAsync<FleetMember[]>("api/v1/fleet", stop);

    public async Task<RunSnapshot> CreateAsync(JsonNode spec, bool validateOnly, CancellationToken stop)
    {
        using var content = new StringContent(spec.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await _http.PostAsync(validateOnly ? "api/v1/runs?validate=true" : "api/v1/runs", content, stop);
        return await ReadAsync<RunSnapshot>(answer, stop);
    }

    public async Task<RunSnapshot> ActAsync(string run, string action, CancellationToken stop)
    {
        using var answer = await _http.PostAsync($"api/v1/runs/{run}/{action}", null, stop);
        return await ReadAsync<RunSnapshot>(answer, stop);
    }

    public async Task<ReplayReport> ReplayAsync(string run, int round, string? strategy, CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync($"api/v1/runs/{run}/rounds/{round}/replay", new { strategy }, Json, stop);
        return await ReadAsync<ReplayReport>(answer, stop);
    }

    public async Task PutBlobAsync(string digest, string file, CancellationToken stop)
    {
        await using var stream = File.OpenRead(file);
        using var content = new StreamContent(stream);
        using var answer = await _http.PutAsync($"api/v1/blobs/{digest}", content, stop);
        await EnsureAsync(answer, stop);
    }

    async Task<T> GetAsync<T>(string path, CancellationToken stop)
    {
        using var answer = await _http.GetAsync(path, stop);
        return await ReadAsync<T>(answer, stop);
    }

    static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken stop)
    {
        await EnsureAsync(answer, stop);
        return await answer.Content.ReadFromJsonAsync<T>(Json, stop) ?? throw new CommandException("F562", "the coordinator answered 'null'.", ExitCode.Failed);
    }

    static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        if (answer.IsSuccessStatusCode) return;
        var text = await answer.Content.ReadAsStringAsync(stop);
        Problem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize<Problem>(text, Json);
        }
        catch (JsonException)
        {
            // Not one of our answers: a proxy, or another service on that port.
        }
        throw new CommandException(problem?.Code ?? "F562", problem?.Detail ?? $"the coordinator answered {(int)answer.StatusCode} {answer.ReasonPhrase}.", ExitCode.Failed);
    }

    public void Dispose() => _http.Dispose();

    sealed record Problem(string? Code, string? Detail);
}
