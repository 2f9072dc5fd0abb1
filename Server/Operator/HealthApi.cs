using System.Reflection;
using Federated.Server.Hosting;

namespace Federated.Server.Operator;

static class HealthApi
{
    static readonly string Version = typeof(HealthApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/health", (Listeners listeners) => new { status = "ok", grpcPort = listeners.GrpcPort, version = Version });
}
