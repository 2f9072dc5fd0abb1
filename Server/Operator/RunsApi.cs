using System.Text.Json.Nodes;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>Runs over REST.</summary>
static class RunsApi
{
    static readonly Fault[] SpecFaults =
        [Fault.RunExists, Fault.UnknownKey, Fault.ValueInvalid, Fault.StrategyRefused, Fault.PrivacyRefused, Fault.BlobNotFound, Fault.BlobsDoNotFit, Fault.BodyTooLarge];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/runs", List).Needs(new RouteRule(Role.Viewer) { OpenToLimitedKeys = true, Refusals = [Fault.ValueInvalid] }, "List the runs, by id.")
            .Produces<IReadOnlyList<RunView>>();
        api.MapPost("/runs", CreateAsync).Needs(new RouteRule(Role.Operator) { OpenToLimitedKeys = true, Refusals = SpecFaults }, "Create a run from a RunSpec and start it; with ?validate=true only check it.")
            .Accepts<JsonObject>("application/json").Produces<RunView>(StatusCodes.Status201Created).Produces<ValidRun>();
        api.MapGet("/runs/{id}", (string id, RunDirectory runs) => RunViews.Of(runs.Get(id).Current))
            .NeedsForRun(Role.Viewer, "id", "A run as it stands.").Produces<RunView>();
        Act(api, "pause", "Hold the run before its next round.", () => new RoundCommand.Pause());
        Act(api, "resume", "Let a paused run go on.", () => new RoundCommand.Resume());
        Act(api, "stop", "End the run.", () => new RoundCommand.Stop());
        api.MapPost("/runs/{id}/clone", CloneAsync)
            .Needs(new RouteRule(Role.Operator) { Run = "id", Refusals = [Fault.RunNotFound, Fault.RunExists, Fault.UnknownKey, Fault.ValueInvalid] }, "Create a run like this one: body {\"name\": ..., \"changes\": {...}}.")
            .Accepts<JsonObject>("application/json").Produces<RunView>(StatusCodes.Status201Created);
        api.MapPost("/runs/{id}/rollback", RollBackAsync)
            .NeedsForRun(Role.Operator, "id", "Publish an earlier version's values again as the next version: body {\"version\": n}.", Fault.RunEnded, Fault.VersionNotFound, Fault.ValueInvalid)
            .Accepts<JsonObject>("application/json").Produces<RunView>();
        api.MapPost("/runs/{id}/rounds/{round:int}/replay", ReplayAsync)
            .NeedsForRun(Role.Operator, "id", "Fold a recorded round again, with its strategy or another: body {\"strategy\": ...}. Nothing is published.", Fault.VersionNotFound)
            .Accepts<JsonObject>("application/json").Produces<ReplayReport>();
        api.MapGet("/runs/{id}/rounds", RoundsAsync).NeedsForRun(Role.Viewer, "id", "The run's rounds, with participations.", Fault.ValueInvalid)
            .Produces<IReadOnlyList<RoundView>>();
        api.MapGet("/runs/{id}/rounds/{round:int}", RoundAsync).NeedsForRun(Role.Viewer, "id", "One round.", Fault.RoundNotFound).Produces<RoundView>();
        api.MapGet("/runs/{id}/curves", CurvesAsync).NeedsForRun(Role.Viewer, "id", "The run's curves as columns by round; with ?after= of the rounds after one.").Produces<CurvesView>();
    }

    static IReadOnlyList<RunView> List(HttpContext context, RunDirectory runs, string? after, int? limit) =>
        Paging.Page(context, runs.All.Where(l => context.Caller().MaySee(l.Current.State.Run)).Select(l => RunViews.Of(l.Current)), r => r.Id, after, limit);

    static void Act(RouteGroupBuilder api, string action, string summary, Func<RoundCommand> command) =>
        api.MapPost($"/runs/{{id}}/{action}", async (string id, RunDirectory runs, CancellationToken stopping) =>
        {
            var loop = runs.Get(id);
            var outcome = await loop.SendAsync(command(), stopping);
            return outcome.Refusal is { } refusal ? throw new FaultException(refusal) : RunViews.Of(loop.Current);
        }).NeedsForRun(Role.Operator, "id", summary, Fault.RunEnded).Produces<RunView>();

    static async Task<IResult> CreateAsync(HttpContext context, RunDirectory runs, bool? validate, CancellationToken stopping)
    {
        var spec = Read(RequestBody.Bytes(context.Request));
        RefuseForeign(context.Caller(), spec.Name);
        if (validate == true)
        {
            return Results.Ok(new ValidRun(spec.Name, spec.Digest, true, await runs.ValidateAsync(spec, stopping)));
        }
        return await BeginAsync(runs, spec, stopping);
    }

    static async Task<IResult> CloneAsync(string id, HttpContext context, RunDirectory runs, CancellationToken stopping)
    {
        var (name, changes) = RequestBody.Read(context.Request, o => (o.Text("name", maxLength: ClientIds.MaxLength), o.Element("changes") is null ? null : o.Object("changes")));
        RefuseForeign(context.Caller(), name);
        var changed = changes is null ? [] : JsonNode.Parse(RequestBody.Bytes(context.Request))!["changes"]!.DeepClone().AsObject();
        changed["name"] = name;
        return await BeginAsync(runs, Read(runs.Changed(id, changed)), stopping);
    }

    static async Task<ReplayReport> ReplayAsync(string id, int round, HttpContext context, RunDirectory runs, RoundReplay replay, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        var strategy = RequestBody.Read(context.Request, o => o.Element("strategy") is null ? null : o.Text("strategy", maxLength: 64));
        return await replay.RunAsync(state, round, strategy, stopping);
    }

    static async Task<RunView> RollBackAsync(string id, HttpContext context, RunDirectory runs, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        if (state.IsTerminal)
            throw new FaultException(Fault.RunEnded, $"Run '{id}' is {RoundRows.Name(state.Phase)}.");
        var version = RequestBody.Read(context.Request, o => (int)o.Integer("version", 0, int.MaxValue));
        return RunViews.Of((await runs.RollBackAsync(id, version, stopping)).Current);
    }

    static async Task<IResult> BeginAsync(RunDirectory runs, RunSpec spec, CancellationToken stopping)
    {
        var loop = await runs.CreateAsync(spec, stopping);
        return Results.Created($"/api/v1/runs/{spec.Name}", RunViews.Of(loop.Current));
    }

    static RunSpec Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return RunSpecJson.Read(json);
        }
        catch (FormatException e)
        {
            throw new FaultException(e.Message.Contains("is unknown", StringComparison.Ordinal) ? Fault.UnknownKey : Fault.ValueInvalid, e.Message, e);
        }
    }

    static void RefuseForeign(Caller caller, string run)
    {
        if (!caller.MaySee(run))
            throw new FaultException(Fault.RoleMissing, "The key is limited to other runs.");
    }

    static async Task<IReadOnlyList<RoundView>> RoundsAsync(string id, HttpContext context, RunDirectory runs, OperatorRows rows, int? after, int? limit, CancellationToken stopping)
    {
        runs.Get(id);
        return Paging.Linked(context, await RunViews.RoundsAsync(rows, id, after ?? -1, Paging.Limit(limit), null, stopping), r => r.Round, limit);
    }

    static async Task<RoundView> RoundAsync(string id, int round, RunDirectory runs, OperatorRows rows, PhaseTimes phases, CancellationToken stopping)
    {
        runs.Get(id);
        return (await RunViews.RoundsAsync(rows, id, round - 1, 1, phases, stopping)) is [var found] && found.Round == round
            ? found
            : throw new FaultException(Fault.RoundNotFound, $"Run '{id}' has no record of round {round}.");
    }

    static async Task<CurvesView> CurvesAsync(string id, int? after, RunDirectory runs, OperatorRows rows, CancellationToken stopping)
    {
        var state = runs.Get(id).Current.State;
        var points = await rows.CurveAsync(id, after ?? -1, RoundRows.Name(ParticipationState.Accepted), RoundRows.Name(EvaluationState.Done), stopping);
        return RunViews.Curves(state, points, after ?? -1);
    }
}
