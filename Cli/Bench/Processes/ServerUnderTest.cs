using Federated.Cli.Commands;
using Federated.Cli.Rest;
using Federated.Cli.Simulation.Training;
using Federated.Cli.Terminal;
using Federated.Client.Adapters;

namespace Federated.Cli.Bench.Processes;

/// <summary>The coordinator's own executable on a folder of its own.</summary>
sealed class ServerUnderTest : IDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    readonly string _data;

    public ServerUnderTest(string folder, int threads)
    {
        _data = Path.Combine(folder, "data");
        Process = new BenchProcess("coordinator", ServerCommand.Executable,
            ["--data", _data, "--http-port", "0", "--grpc-port", "0", "--threads", $"{threads}"], folder);
    }

    public BenchProcess Process { get; }

    /// <summary>Of the process that runs now; null while it does not listen.</summary>
    public Endpoints? Endpoints
    {
        get
        {
            try
            {
                return Federated.Cli.Rest.Endpoints.Read(_data) is { } known && known.Pid == Process.Id ? known : null;
            }
            catch (Exception e) when (e is IOException or System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }

    public async Task<CoordinatorRest> StartAsync(CancellationToken stop)
    {
        Process.Start();
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < StartLimit)
        {
            if (Endpoints is { } found)
                return new CoordinatorRest(found.Http);
            if (Process.Id is null)
                break;
            await Task.Delay(10, stop);
        }
        throw new CommandException("F563", $"The coordinator did not start: {Process.LastLines()}", ExitCode.Failed);
    }

    /// <summary>Uploads the adapter and creates the run.</summary>
    public static async Task CreateAsync(CoordinatorRest rest, AdapterBundle bundle, System.Text.Json.Nodes.JsonObject run, string folder, CancellationToken stop)
    {
        bundle.Write(folder);
        (run["base"], run["schema"], run["plan"], run["version0"]) = (SyntheticAdapter.BaseDigest, "@schema.json", "@plan.json", "@version0.safetensors");
        var file = Path.Combine(folder, "run.json");
        await File.WriteAllTextAsync(file, run.ToJsonString(), stop);
        await rest.CreateAsync(await RunFile.UploadAsync(file, rest, stop), stop);
    }

    public void Dispose() => Process.Dispose();
}
