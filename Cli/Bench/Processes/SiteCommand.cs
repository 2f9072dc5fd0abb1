using System.CommandLine;
using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Transport.Grpc;

namespace Federated.Cli.Bench.Processes;

/// <summary><c>federated bench site</c>: the real daemon, with its outbox and its gRPC, over training that costs nothing.</summary>
static class SiteCommand
{
    public static Command Create()
    {
        var id = new Option<string>("--id") { Description = "Client id.", Required = true };
        var server = new Option<string>("--server") { Description = "gRPC address.", Required = true };
        var state = new Option<string>("--state") { Description = "State folder.", Required = true };
        var samples = new Option<int>("--samples") { Description = "Samples it claims.", DefaultValueFactory = _ => 100 };
        var command = new Command("site", "A client without training, for benchmarks.") { id, server, state, samples };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            var configuration = new ClientConfiguration
            {
                Id = parsed.GetRequiredValue(id),
                Server = new Uri(parsed.GetRequiredValue(server)),
                State = parsed.GetRequiredValue(state),
                Model = "none",
                Data = new DataConfiguration { Images = "none", Labels = "none" },
                Reconnect = new ReconnectConfiguration(20, 200),
            };
            using var own = ClientState.Open(configuration.State);
            await using var transport = new GrpcTransport(configuration.Server, own.Token);
            using var daemon = new ClientDaemon(configuration, new InstantSite(parsed.GetValue(samples)), own, transport,
                new ClientRuntime(TimeProvider.System, new Random(), new ClientLog(Console.Out, TimeProvider.System), new PoolDevice()));
            await daemon.RunAsync(stop);
            return (int)ClientExit.Done;
        });
        return command;
    }
}
