using Federated.Server.Storage;
using System.Text.Json.Nodes;
using Federated.Cli.Simulation.Training;
using Federated.Cli.Terminal;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;

namespace Federated.Cli.Simulation;

/// <summary>
/// A whole federation in one thread on a virtual clock: the real coordinator, the real daemons, and between them lines that delay, lose
/// and break. The same file gives the same events, byte for byte.
/// </summary>
sealed class Simulation : IDisposable
{
    readonly SimulationSpec _spec;
    readonly SimulatedClock _clock = new();
    readonly Worksites _worksites;
    readonly CancellationToken _stop;

    Simulation(SimulationSpec spec, CancellationToken stop)
    {
        (_spec, _stop) = (spec, stop);
        _worksites = new Worksites(spec);
        Log = new EventLog(_clock);
    }

    EventLog Log { get; }

    /// <summary>Runs on the calling thread to the end.</summary>
    /// <exception cref="CommandException">F580: the run cannot be created as it is written.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static SimulationResult Run(SimulationSpec spec, CancellationToken stop)
    {
        using var simulation = new Simulation(spec, stop);
        return new EventLoop(simulation._clock).Run(simulation.RunAsync);
    }

    public void Dispose() => _worksites.Dispose();

    async Task<SimulationResult> RunAsync()
    {
        var server = new SimulatedServer(_spec.Server, _spec.Seed, _clock, Log);
        await server.StartAsync();
        var run = await CreateAsync(server);
        var clients = Clients(server);
        clients.ForEach(c => c.Enter());
        foreach (var second in _spec.Server.CrashAtSeconds)
            _clock.After(TimeSpan.FromSeconds(second), () => _ = CrashAsync(server));
        var outcome = await EndAsync(server, run);
        foreach (var client in clients)
            await client.StopAsync();
        await server.StopAsync();
        return await SimulationResult.OfAsync(outcome, server.Stores.Runs, run, clients, _clock, Log);
    }

    /// <summary>Looks every virtual second whether the run is over.</summary>
    async Task<string> EndAsync(SimulatedServer server, string run)
    {
        while (_clock.Seconds < _spec.LimitSeconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _clock, CancellationToken.None);
            _stop.ThrowIfCancellationRequested();
            if (server.Find(run)?.Current is not { } current)
                continue;
            if (current.Halted is { } halted)
                throw new InvalidOperationException($"The run's loop halted: {halted.Message}");
            if (current.State.IsTerminal)
                return current.State.Phase.ToString();
        }
        return "OutOfTime";
    }

    async Task CrashAsync(SimulatedServer server)
    {
        await server.CrashAsync();
        await Task.Delay(TimeSpan.FromSeconds(_spec.Server.DownSeconds), _clock, CancellationToken.None);
        await server.StartAsync();
    }

    async Task<string> CreateAsync(SimulatedServer server)
    {
        var bundle = _worksites.Bundle;
        ReadOnlyMemory<byte>[] blobs = [bundle.Schema.ToJson(), bundle.Plan.ToJson(), bundle.ValuesBytes()];
        await server.Stores.Blobs.PutAsync(blobs, CancellationToken.None);
        var json = (JsonObject)_spec.Run.DeepClone();
        json["base"] = bundle.Schema.BaseDigest;
        foreach (var (key, blob) in new[] { "schema", "plan", "version0" }.Zip(blobs))
            json[key] = TreeDigest.Of(blob.Span);
        try
        {
            var loop = await server.CreateAsync(RunSpecJson.Read(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString())));
            return loop.Current.State.Run;
        }
        catch (Exception e) when (e is FormatException or FaultException)
        {
            throw new CommandException("F580", $"The simulation's run cannot be created: {e.Message}", ExitCode.Usage);
        }
    }

    List<SimulatedClient> Clients(SimulatedServer server)
    {
        var clients = new List<SimulatedClient>();
        foreach (var group in _spec.Clients)
        {
            for (var i = 0; i < group.Count; i++)
            {
                var seed = unchecked((int)(_spec.Seed * 0x9E3779B1 + (ulong)clients.Count * 0x85EBCA77));
                var samples = group.Samples.Least + new Random(seed ^ 0x5A).Next(group.Samples.Most - group.Samples.Least + 1);
                clients.Add(new SimulatedClient($"{group.Name}-{i:D4}", group, _worksites.Create(group, i, clients.Count, samples), server, (_clock, Log), seed));
            }
        }
        return clients;
    }
}
