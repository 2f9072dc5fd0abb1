using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Formats.Digests;

namespace Server.Tests.Kit;

/// <summary>The real executable on a folder of its own, over real sockets; it can be killed and started again.</summary>
sealed class ServerProcess : IDisposable
{
    static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "Federated.Server");

    readonly Process _process;
    readonly Task<string> _errors;

    ServerProcess(Process process, string data)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Data = data;
    }

    public string Data { get; }

    public HttpClient Http { get; private set; } = new();

    public string GrpcAddress { get; private set; } = "";

    public int Pid => _process.Id;

    public static Process Spawn(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--data", data, .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static async Task<ServerProcess> StartAsync(string data, int threads = 1)
    {
        var endpoints = Path.Combine(data, "endpoints.json");
        var process = Spawn(data, "--http-port", "0", "--grpc-port", "0", "--threads", threads.ToString());
        var server = new ServerProcess(process, data);
        await server.ListeningAsync().DefaultTimeout();
        _ = process.StandardOutput.ReadToEndAsync();
        var found = JsonNode.Parse(await File.ReadAllTextAsync(endpoints))!;
        server.Http = new HttpClient { BaseAddress = new Uri((string)found["http"]!) };
        server.GrpcAddress = (string)found["grpc"]!;
        return server;
    }

    // A start after a kill may log what it found before it says where it listens.
    async Task ListeningAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Listening:", StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException($"The server did not start: {await _errors}");
    }

    public async Task CreateAsync(TestAdapter adapter, byte[] spec)
    {
        foreach (var blob in adapter.Blobs)
            (await Http.PutAsync($"api/v1/blobs/{TreeDigest.Of(blob)}", new ByteArrayContent(blob))).EnsureSuccessStatusCode();
        using var answer = await Http.PostAsync("api/v1/runs", new ByteArrayContent(spec));
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>($"api/v1/{path}");

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await _process.WaitForExitAsync().DefaultTimeout();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        Http.Dispose();
        _process.Dispose();
    }
}
