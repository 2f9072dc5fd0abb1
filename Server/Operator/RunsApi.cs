using System.Globalization;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>Runs over REST.</summary>
static class RunsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/runs", CreateAsync);
        api.MapGet("/runs", (RunDirectory runs) => runs.All.Select(l => RunViews.Of(l.Current)));
        api.MapGet("/runs/{id}", (string id, RunDirectory runs) => RunViews.Of(runs.Get(id).Current));
        api.MapPost("/runs/{id}/pause", (string id, RunDirectory runs, CancellationToken stopping) => TellAsync(runs, id, new RoundCommand.Pause(), stopping));
        api.MapPost("/runs/{id}/resume", (string id, RunDirectory runs, CancellationToken stopping) => TellAsync(runs, id, new RoundCommand.Resume(), stopping));
        api.MapPost("/runs/{id}/stop", (string id, RunDirectory runs, CancellationToken stopping) => TellAsync(runs, id, new RoundCommand.Stop(), stopping));
        api.MapGet("/runs/{id}/rounds", (string id, RunDirectory runs, IRunStore store, CancellationToken stopping) =>
            RunViews.RoundsAsync(store, runs.Get(id).Current.State, stopping));
        api.MapGet("/runs/{id}/versions/{version}", VersionAsync);
    }

    static async Task<IResult> CreateAsync(HttpRequest request, RunDirectory runs, bool? validate, CancellationToken stopping)
    {
        var spec = await ReadSpecAsync(request, stopping);
        if (validate == true)
        {
            runs.Validate(spec);
            return Results.Ok(new { id = spec.Name, specDigest = spec.Digest, valid = true });
        }
        var loop = await runs.CreateAsync(spec, stopping);
        return Results.Created($"/api/v1/runs/{spec.Name}", RunViews.Of(loop.Current));
    }

    static async Task<RunSpec> ReadSpecAsync(HttpRequest request, CancellationToken stopping)
    {
        using var body = new MemoryStream();
        var buffer = new byte[1 << 14];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, stopping)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > RunSpecJson.MaxBytes)
                throw new FaultException(Fault.RequestMalformed, $"A RunSpec has at most {RunSpecJson.MaxBytes} bytes.");
        }
        try
        {
            return RunSpecJson.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (FormatException e)
        {
            throw new FaultException(e.Message.Contains("is unknown", StringComparison.Ordinal) ? Fault.UnknownKey : Fault.ValueInvalid, e.Message, e);
        }
    }

    static async Task<object> TellAsync(RunDirectory runs, string id, RoundCommand command, CancellationToken stopping)
    {
        var loop = runs.Get(id);
        var outcome = await loop.SendAsync(command, stopping);
        return outcome.Refusal is { } refusal ? throw new FaultException(refusal) : RunViews.Of(loop.Current);
    }

    static async Task<object> VersionAsync(string id, string version, RunDirectory runs, IRunStore store, PublishedFolders folders, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        if (version == "latest")
            return await Task.Run(() => RunViews.Version(state, state.Version, folders.Ensure(state.Spec, state.Version)), stopping);
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || await store.VersionAsync(id, number, stopping) is not { } row)
            throw new FaultException(Fault.VersionNotFound, $"Run '{id}' has no version '{version[..Math.Min(version.Length, 64)]}'; the latest is {state.Version.Version}.");
        var info = RoundRestore.Version(row);
        return await Task.Run(() => RunViews.Version(state, info, folders.Ensure(state.Spec, info)), stopping);
    }
}
