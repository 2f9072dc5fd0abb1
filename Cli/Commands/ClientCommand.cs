using System.CommandLine;
using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Transport.Identity;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated client run</c>: a site's daemon in this process.</summary>
static class ClientCommand
{
    public static Command Create() => new("client", "Take part in a federation.") { Init(), Run() };

    static Command Init()
    {
        var server = new Option<string>("--server") { Description = "REST address of the coordinator, https.", Required = true };
        var token = new Option<string?>("--token") { Description = "The join token [default: FEDERATED_JOIN_TOKEN]." };
        var state = new Option<DirectoryInfo>("--state") { Description = "The client's state folder; 'state' of its configuration.", Required = true };
        var proxy = new Option<string?>("--proxy") { Description = "HTTP proxy on the way, http://[user:password@]host:port." };
        var command = new Command("init", "Get this site's certificate for a join token; its key is made here and stays here.") { server, token, state, proxy };
        command.SetAction(async (parsed, stop) =>
        {
            var invitation = parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("FEDERATED_JOIN_TOKEN")
                ?? throw new CommandException("F561", "There is no join token; give --token or FEDERATED_JOIN_TOKEN.", ExitCode.Usage);
            if (!Uri.TryCreate(parsed.GetValue(server), UriKind.Absolute, out var address) || address.Scheme != "https")
                throw new CommandException("F561", $"--server '{parsed.GetValue(server)}' is no https address.", ExitCode.Usage);
            var folder = parsed.GetValue(state)!.FullName;
            var client = await Enrolment.RunAsync(address, invitation, folder, SiteProxy.At(Through(parsed.GetValue(proxy))), stop);
            Console.WriteLine($"This site is '{client}'; its certificate is in '{folder}'. Set \"id\": \"{client}\" and the coordinator's https address of clients in its configuration.");
            return ExitCode.Done;
        });
        return command;
    }

    static Uri? Through(string? proxy) => proxy is null ? null
        : Uri.TryCreate(proxy, UriKind.Absolute, out var address) && address.Scheme == "http" ? address
        : throw new CommandException("F561", "--proxy is no http address.", ExitCode.Usage);

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
