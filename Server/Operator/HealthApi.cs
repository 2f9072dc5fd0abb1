using System.Reflection;
using Federated.Server.Faults;
using Federated.Server.Hosting;
using Federated.Server.Identity;
using Federated.Server.Operator.Views;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>Whether the process lives, and whether it can work.</summary>
static class HealthApi
{
    static readonly string Version = typeof(HealthApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", Live).Needs(Role.Anyone, "Whether the process answers.").Produces<HealthView>();
        app.MapGet("/health/ready", ReadyAsync).Needs(Role.Anyone, "Whether the database answers, too.", Fault.StoreUnavailable).Produces<HealthView>();
        app.MapGet("/api/v1/health", Live).Needs(Role.Anyone, "Whether the process answers, and where clients connect.").Produces<HealthView>();
    }

    static HealthView Live(Listeners listeners) => new("ok", listeners.GrpcPort, Version);

    static async Task<HealthView> ReadyAsync(Listeners listeners, OperatorRows rows, CancellationToken stopping)
    {
        try
        {
            await rows.LastAuditAsync(stopping);
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            throw new FaultException(Fault.StoreUnavailable, "The server's database does not answer.", e);
        }
        return Live(listeners);
    }
}
