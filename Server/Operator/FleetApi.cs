using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;

namespace Federated.Server.Operator;

/// <summary>Clients over REST: everybody who was ever seen or decided about, and the decisions.</summary>
static class FleetApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/fleet", List).Needs(Role.Viewer, "List the clients, by id.", Fault.ValueInvalid).Produces<IReadOnlyList<ClientView>>();
        api.MapGet("/fleet/{id}", (string id, FleetBook fleet) => fleet.Find(id) ?? throw Unknown(id)).Needs(Role.Viewer, "One client.", Fault.ClientNotFound).Produces<ClientView>();
        Act(api, Role.Admin, "approve", "Let the client join runs; lifts a revocation of its id, not of its certificates.", s => s with { Approved = true, Revoked = false });
        Act(api, Role.Admin, "revoke", "Keep the client out from now on; its stream ends and its certificates are revoked.", s => s with { Revoked = true });
        Act(api, Role.Operator, "drain", "Give the client nothing new; it finishes what it has.", s => s with { Draining = true });
        Act(api, Role.Operator, "undrain", "Give the client work again.", s => s with { Draining = false });
        api.MapPut("/fleet/{id}/labels", LabelAsync).Needs(Role.Operator, "Replace the client's labels: body {\"name\": \"value\", ...}.", Fault.ClientIdInvalid, Fault.ValueInvalid)
            .Accepts<Dictionary<string, string>>("application/json").Produces<ClientView>();
    }

    static IReadOnlyList<ClientView> List(HttpContext context, FleetBook fleet, string? after, int? limit) =>
        Paging.Page(context, fleet.All(), c => c.Id, after, limit);

    static void Act(RouteGroupBuilder api, Role role, string action, string summary, Func<Standing, Standing> change) =>
        api.MapPost($"/fleet/{{id}}/{action}", async (string id, FleetBook fleet, CancellationToken stopping) =>
        {
            if (fleet.Find(id) is null)
                throw Unknown(id);
            await fleet.DecideAsync(id, change, stopping);
            return fleet.Find(id)!;
        }).Needs(role, summary, Fault.ClientNotFound).Produces<ClientView>();

    static async Task<ClientView> LabelAsync(string id, HttpContext context, FleetBook fleet, CancellationToken stopping)
    {
        if (!ClientIds.IsValid(id))
            throw new FaultException(Fault.ClientIdInvalid, $"The client id '{Names.Shorten(id)}' is not {ClientIds.Rule}.");
        var labels = ClientStandings.Check(RequestBody.ReadTexts(context.Request));
        await fleet.DecideAsync(id, s => s with { Labels = labels }, stopping);
        return fleet.Find(id)!;
    }

    static FaultException Unknown(string id) => new(Fault.ClientNotFound, $"There is no client '{Names.Shorten(id)}'.");
}
