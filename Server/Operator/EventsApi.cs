using System.Globalization;
using System.Text.Json.Nodes;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Operator;

/// <summary>What happened, as pages of JSON or as a stream of server-sent events that goes on where the reader left off.</summary>
static class EventsApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/events", GetAsync)
        .Needs(
            new RouteRule(Role.Viewer) { OpenToLimitedKeys = true, Refusals = [Fault.ValueInvalid, Fault.RoleMissing, Fault.StreamsExhausted] },
            "Events, the oldest first; with Accept: text/event-stream as they happen, after Last-Event-ID, or from now on. ?run= for one run's; ?after=-N for the newest N.")
        .Produces<IReadOnlyList<EventView>>();

    static async Task<IResult> GetAsync(HttpContext context, IRunStore store, OperatorRows rows, EventStreams streams, string? run, long? after, int? limit, CancellationToken stopping)
    {
        if (context.Caller().Runs is not null && (run is null || !context.Caller().MaySee(run)))
            throw new FaultException(Fault.RoleMissing, "The key is limited to some runs; name one of them by ?run=.");
        if (context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/event-stream"))
        {
            await streams.ServeAsync(context, run, LastEventId(context.Request) ?? after);
            return Results.Empty;
        }
        // Whoever begins to look wants the end of the list, and does not know its number yet.
        var events = after < 0
            ? await rows.NewestEventsAsync(run, (int)-Math.Max(after.Value, -Paging.Limit(limit)), stopping)
            : await store.EventsAsync(after ?? 0, Paging.Limit(limit), run, stopping);
        return Results.Ok(Paging.Linked(context, events.Select(View).ToList(), e => e.Sequence, limit));
    }

    public static EventView View(EventRow row) => new(row.Sequence, row.TimeMs, row.RunId, row.Round, row.Client, row.Kind, row.Code, JsonNode.Parse(row.DataJson)!);

    static long? LastEventId(HttpRequest request)
    {
        if (request.Headers["Last-Event-ID"].ToString() is not { Length: > 0 } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FaultException(Fault.ValueInvalid, $"Last-Event-ID is '{Names.Shorten(text)}'; a number is expected.");
    }
}
