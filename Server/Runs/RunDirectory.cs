using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Federated.Aggregators.Json;
using Federated.Formats.Digests;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Fleet.Messages;
using Federated.Server.Rounds;

namespace Federated.Server.Runs;

/// <summary>Every run by its id, each with its loop.</summary>
sealed class RunDirectory(RoundServices services, RunAdmission admission) : IAsyncDisposable
{
    const int MaxRuns = 10_000;

    readonly ConcurrentDictionary<string, RoundLoop> _loops = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Refusal> _broken = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _creating = new(1, 1);

    /// <summary>In ordinal order of their ids.</summary>
    public IReadOnlyList<RoundLoop> All => [.. _loops.Values.OrderBy(l => l.Current.State.Run, StringComparer.Ordinal)];

    public RoundLoop? Find(string run) => _loops.GetValueOrDefault(run);

    /// <exception cref="FaultException">There is no such run.</exception>
    public RoundLoop Get(string run) => Find(run) ?? throw new FaultException(
        _broken.GetValueOrDefault(run) ?? new Refusal(Fault.RunNotFound, $"There is no run '{NearestName.Shorten(run)}'."));

    /// <summary>Takes up every run where its record left it.</summary>
    public async Task ResumeAsync(CancellationToken stopping)
    {
        var logger = services.Loggers.CreateLogger<RunDirectory>();
        foreach (var row in await services.Store.RunsAsync(stopping))
        {
            try
            {
                await DeleteSpentAsync(Begin(await RoundRestore.LoadAsync(services.Store, row, stopping)).Current.State, logger);
            }
            // Whatever is wrong with one run's record, the others go on.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _broken[row.Id] = e is FaultException fault ? fault.Refusal : new Refusal(Fault.RunDamaged, $"The record of run '{row.Id}' cannot be read; the log says why.");
                logger.RunNotResumed(row.Id, e.Message, e);
            }
        }
    }

    // Deletions are not flushed: a power cut may have brought back updates of a run that is over, and nobody else would ask for them.
    async Task DeleteSpentAsync(RoundState state, ILogger logger)
    {
        if (!state.IsTerminal || state.Spec.KeepUpdates || services.KeepUpdates)
            return;
        try
        {
            await services.Spools.DeleteThroughAsync(state.Run, state.SpentSpools);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.SpoolsNotDeleted(state.Run, state.SpentSpools, e);
        }
    }

    /// <exception cref="FaultException">The run cannot work, or its name is taken; nothing was changed.</exception>
    public async Task<RoundLoop> CreateAsync(RunSpec spec, CancellationToken stopping)
    {
        await _creating.WaitAsync(stopping);
        try
        {
            RefuseTaken(spec);
            using var admitted = await admission.CheckAsync(spec, stopping);
            var now = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var version = await admission.PublishFirstAsync(spec, admitted, stopping) with { PublishedMs = now };
            var json = RunSpecJson.Write(spec);
            var state = new RoundState
            {
                Spec = spec, SpecJson = Encoding.UTF8.GetString(json), SpecDigest = TreeDigest.Of(json), CreatedMs = now, Version = version,
            };
            await services.Store.CommitAsync(RoundRows.Create(state), stopping);
            var loop = Begin(state);
            Announce(state);
            return loop;
        }
        finally
        {
            _creating.Release();
        }
    }

    /// <summary>Checks a run without creating it, and says what it would take.</summary>
    /// <exception cref="FaultException">As <see cref="CreateAsync"/>.</exception>
    public async Task<RunForecast> ValidateAsync(RunSpec spec, CancellationToken stopping)
    {
        RefuseTaken(spec);
        using var admitted = await admission.CheckAsync(spec, stopping);
        return RunForecast.Of(spec, admitted.Adapter, Expectations(spec));
    }

    /// <summary>The specification of an existing run with some keys changed: what a clone is created from.</summary>
    /// <param name="run">The existing one.</param>
    /// <param name="changes">Top-level keys of a RunSpec with their new values; null takes a key away. The new name is among them.</param>
    /// <exception cref="FaultException">There is no such run.</exception>
    public byte[] Changed(string run, JsonObject changes)
    {
        var spec = JsonNode.Parse(Get(run).Current.State.SpecJson)!.AsObject();
        foreach (var (key, value) in changes)
        {
            if (value is null)
                spec.Remove(key);
            else
                spec[key] = value.DeepClone();
        }
        return Encoding.UTF8.GetBytes(spec.ToJsonString());
    }

    /// <summary>Publishes an earlier version's values again, as the next version.</summary>
    /// <exception cref="FaultException">There is no such run or version, or the run is busy or over.</exception>
    public async Task<RoundLoop> RollBackAsync(string run, int version, CancellationToken stopping)
    {
        var loop = Get(run);
        var state = loop.Current.State;
        var row = version <= state.Version.Version ? await services.Store.VersionAsync(run, version, stopping) : null;
        if (row is null)
            throw new FaultException(Fault.VersionNotFound, $"Run '{run}' has no version {version}; its newest is {state.Version.Version}.");
        var written = await admission.WriteAgainAsync(state.Spec, RoundRestore.Version(row), state.Version, stopping);
        var outcome = await loop.SendAsync(new RoundCommand.RolledBack(written, version), stopping);
        return outcome.Refusal is { } refusal ? throw new FaultException(refusal) : loop;
    }

    // The best that is known of each client: what it did in another run, per step, or what it says of itself.
    List<ClientExpectation> Expectations(RunSpec spec)
    {
        var states = All.Select(l => l.Current.State).ToList();
        return [.. services.Clients.Connected.Where(c => spec.Admits(c.Id)).Select(c => new ClientExpectation(
            c.Id,
            states.Select(s => (s.History.GetValueOrDefault(c.Id, ClientHistory.None).Milliseconds, s.Spec.Train.Steps)).Where(h => h.Milliseconds > 0)
                .Select(h => h.Milliseconds / h.Steps).DefaultIfEmpty(0).Max(),
            c.Hello.Device.StepsPerSecond))];
    }

    /// <summary>What a client may join.</summary>
    public IReadOnlyList<RunOffer> Offers(string client) =>
        [.. All.Select(l => l.Current.State).Where(s => !s.IsTerminal && s.Spec.Admits(client)).Select(Offer)];

    void RefuseTaken(RunSpec spec)
    {
        if (_loops.ContainsKey(spec.Name) || _broken.ContainsKey(spec.Name))
            throw new FaultException(Fault.RunExists, $"A run named '{spec.Name}' exists; names are never used again.");
        if (_loops.Count >= MaxRuns)
            throw new FaultException(Fault.ValueInvalid, $"There are {MaxRuns} runs, which is the limit.");
    }

    RoundLoop Begin(RoundState state)
    {
        var loop = new RoundLoop(state, services);
        _loops[state.Run] = loop;
        loop.Start();
        return loop;
    }

    void Announce(RoundState state)
    {
        foreach (var client in services.Clients.Connected.Where(c => state.Spec.Admits(c.Id)))
            client.TrySend(new ServerSays.Offer(Offer(state)));
    }

    static RunOffer Offer(RoundState state) => new(state.Run, state.Spec.Base, state.Spec.Schema, [], state.Spec.Trust);

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in All)
        {
            await loop.DisposeAsync();
            _loops.TryRemove(loop.Current.State.Run, out _);
        }
        _creating.Dispose();
    }
}
