using System.CommandLine;
using Federated.Client.Configuration;
using Federated.Client.Rounds;

namespace Federated.Cli.Commands;

/// <summary><c>federated client run</c>: a site's daemon in this process.</summary>
static class ClientCommand
{
    public static Command Create() => new("client", "Take part in a federation.") { Run() };

    static Command Run()
    {
        var file = new Option<FileInfo?>("--config") { Description = "Configuration (docs/runs.md); flags and FEDERATED__... variables override it." };
        var flags = ClientConfigurationReader.Keys.ToDictionary(key => key, key => new Option<string?>("--" + key) { Description = $"Overrides '{key}' of the configuration." });
        var command = new Command("run", "Join runs, train, send updates; until SIGTERM.") { file };
        foreach (var flag in flags.Values) command.Options.Add(flag);
        command.SetAction(async (parsed, stop) =>
        {
            var given = flags.Where(flag => parsed.GetValue(flag.Value) is not null).ToDictionary(flag => flag.Key, flag => parsed.GetValue(flag.Value)!);
            var configuration = ClientConfigurationReader.Read(parsed.GetValue(file)?.FullName, Environment.GetEnvironmentVariables(), given);
            return (int)await ClientDaemon.RunAsync(configuration, Console.Out, Console.Error, stop);
        });
        return command;
    }
}
