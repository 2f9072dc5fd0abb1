using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Federated.Server.Hosting;

/// <summary>The server from its arguments to its end.</summary>
static class ServerHost
{
    public static async Task RunAsync(ServerArguments arguments)
    {
        using var folder = DataFolder.Open(arguments.Data);
        // About half of a start is the database's; the rest is composed meanwhile.
        var opening = Task.Run(() => SqliteRunStore.OpenAsync(folder.Database, CancellationToken.None));
        try
        {
            using var certificates = ServerCertificates.Load(arguments.Tls, TimeProvider.System);
            await using var server = new RunningServer(arguments, folder, opening, certificates);
            await server.StartAsync();
            Console.WriteLine($"Listening: REST on {server.HttpAddress}, clients on {server.GrpcAddress}");
            ParentPipe.Watch(server.Stop);
            await server.WaitForShutdownAsync();
        }
        finally
        {
            await (await opening).DisposeAsync();
        }
    }
}
