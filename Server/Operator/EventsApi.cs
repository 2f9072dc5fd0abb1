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
            "Events, the oldest first; with Accept: text/event-stream as they happen, after Last-Event-ID, or from now on. ?run= for one run's; a negative ?after= for the newest.")
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
        var from = after < 0 ? Math.Max(0, await rows.LastEventAsync(stopping) + after.Value) : after ?? 0;
        var page = (await store.EventsAsync(from, Paging.Limit(limit), run, stopping)).Select(View).ToList();
        return Results.Ok(Paging.Linked(context, page, e => e.Sequence, limit));
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
