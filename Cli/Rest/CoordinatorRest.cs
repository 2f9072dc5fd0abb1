using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Terminal;

namespace Federated.Cli.Rest;

/// <summary>The coordinator's public REST interface, as an operator's program sees it.</summary>
sealed class CoordinatorRest(RestAccess access) : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(5);

    // Without a limit of its own: an event stream lasts as long as it is read.
    readonly HttpClient _http = Open(access);

    public CoordinatorRest(Uri server) : this(new RestAccess(server))
    {
    }

    public Uri Server => access.Server;

    public Task<RunSnapshot> RunAsync(string run, CancellationToken stop) => GetAsync<RunSnapshot>($"api/v1/runs/{run}", stop);
    public Task<RunSnapshot[]> RunsAsync(CancellationToken stop) => GetAsync<RunSnapshot[]>("api/v1/runs", stop);
    public Task<RoundRecord[]> RoundsAsync(string run, CancellationToken stop) => GetAsync<RoundRecord[]>($"api/v1/runs/{run}/rounds", stop);
    public Task<VersionRecord> VersionAsync(string run, string version, CancellationToken stop) => GetAsync<VersionRecord>($"api/v1/runs/{run}/versions/{version}", stop);
    public Task<FleetMember[]> FleetAsync(CancellationToken stop) => GetAsync<FleetMember[]>("api/v1/fleet", stop);

    public Task<JsonNode> JsonAsync(string path, CancellationToken stop) => GetAsync<JsonNode>(path, stop);

    /// <summary>One page of a list, and the address of the next.</summary>
    public async Task<(JsonNode Page, string? Next)> PageAsync(string path, CancellationToken stop)
    {
        using var limit = Limit(stop);
        using var answer = await _http.GetAsync(path, limit.Token);
        var page = await ReadAsync<JsonNode>(answer, limit.Token);
        return (page, answer.Headers.TryGetValues("Link", out var link) ? link.First().Split('<', '>')[1] : null);
    }

    /// <summary>Changes something. Every POST carries a key of its own, so that a repeated one is not carried out twice.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken stop)
    {
        using var limit = Limit(stop);
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post) request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await _http.SendAsync(request, limit.Token);
        return await ReadAsync<JsonNode>(answer, limit.Token);
    }

    /// <summary>Saves what lies at an address as a file that its owner alone can read; a file that is there already is left alone.</summary>
    /// <param name="path">The address.</param>
    /// <param name="file">The file; it gets this name when it is complete, checked and flushed.</param>
    /// <param name="check">Throws if the file that is named is not what it should be.</param>
    /// <param name="stop">Ends the download.</param>
    public async Task DownloadAsync(string path, string file, Action<string>? check, CancellationToken stop)
    {
        if (File.Exists(file)) throw new CommandException("F564", $"'{file}' is there already; it is left alone.", ExitCode.Failed);
        using var limit = Limit(stop);
        using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        await EnsureAsync(answer, limit.Token);
        var temporary = file + ".part";
        try
        {
            await SaveAsync(answer, temporary, limit);
            check?.Invoke(temporary);
            File.Move(temporary, file, overwrite: false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // The limit is for each piece: a large file may take as long as it comes.
    static async Task SaveAsync(HttpResponseMessage answer, string file, CancellationTokenSource limit)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var target = new FileStream(file, options);
        await using var source = await answer.Content.ReadAsStreamAsync(limit.Token);
        var buffer = new byte[1 << 18];
        for (int read; (read = await source.ReadAsync(buffer, limit.Token)) > 0; limit.CancelAfter(CallLimit))
            await target.WriteAsync(buffer.AsMemory(0, read), limit.Token);
        target.Flush(flushToDisk: true);
    }

    /// <summary>The data of server-sent events, as they come.</summary>
    public async IAsyncEnumerable<JsonNode> EventsAsync(string path, long? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is { } last) request.Headers.Add("Last-Event-ID", $"{last}");
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        await EnsureAsync(answer, stop);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonNode.Parse(line["data: ".Length..]) is { } data)
                yield return data;
        }
    }

    public async Task<RunSnapshot> CreateAsync(JsonNode spec, CancellationToken stop)
    {
        using var content = new StringContent(spec.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await _http.PostAsync("api/v1/runs", content, stop);
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
        using var limit = Limit(stop);
        using var answer = await _http.GetAsync(path, limit.Token);
        return await ReadAsync<T>(answer, limit.Token);
    }

    static HttpClient Open(RestAccess access)
    {
        var http = access.Open();
        http.Timeout = Timeout.InfiniteTimeSpan;
        return http;
    }

    static CancellationTokenSource Limit(CancellationToken stop)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CallLimit);
        return limit;
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
