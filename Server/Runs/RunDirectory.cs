using System.Collections.Concurrent;
using System.Text;
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
                Begin(await RoundRestore.LoadAsync(services.Store, row, stopping));
            }
            catch (Exception e) when (e is FaultException or FormatException)
            {
                _broken[row.Id] = e is FaultException fault ? fault.Refusal : new Refusal(Fault.SpecAltered, $"The record of run '{row.Id}' cannot be read.");
                logger.RunNotResumed(row.Id, e.Message, e);
            }
        }
    }

    /// <exception cref="FaultException">The run cannot work, or its name is taken; nothing was changed.</exception>
    public async Task<RoundLoop> CreateAsync(RunSpec spec, CancellationToken stopping)
    {
        await _creating.WaitAsync(stopping);
        try
        {
            RefuseTaken(spec);
            var adapter = admission.Check(spec);
            var now = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var version = await admission.PublishFirstAsync(spec, adapter, stopping) with { PublishedMs = now };
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

    /// <summary>Checks a run without creating it.</summary>
    public void Validate(RunSpec spec)
    {
        RefuseTaken(spec);
        admission.Check(spec);
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
        foreach (var loop in _loops.Values)
            await loop.DisposeAsync();
        _creating.Dispose();
    }
}
