using Federated.Server.Faults;
using Federated.Server.Identity;

namespace Federated.Server.Operator;

/// <summary>How routes are declared.</summary>
static class Routes
{
    /// <summary>Every route has exactly one rule; a route without one is not called (a test looks).</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, RouteRule rule, string summary) =>
        route.WithMetadata(rule).WithSummary(summary);

    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Role role, string summary, params Fault[] refusals) =>
        route.Needs(new RouteRule(role) { Refusals = refusals }, summary);

    /// <summary>A route under a run.</summary>
    public static RouteHandlerBuilder NeedsForRun(this RouteHandlerBuilder route, Role role, string parameter, string summary, params Fault[] refusals) =>
        route.Needs(new RouteRule(role) { Run = parameter, Refusals = [Fault.RunNotFound, .. refusals] }, summary);

    /// <summary>Who calls.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? Identity.Caller.Anyone;
}
