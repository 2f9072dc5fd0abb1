using System.CommandLine;
using System.Text.Json;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary>Where the coordinator is: <c>--server URL</c>, or the data folder of one on this machine.</summary>
sealed class ServerOption
{
    readonly Option<Uri?> _url = new("--server")
    {
        Description = "The coordinator's REST address [default: FEDERATED_SERVER or http://127.0.0.1:5080].",
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : Wrong(result),
    };
    readonly Option<DirectoryInfo?> _data = new("--data") { Description = "Data folder of a coordinator on this machine, instead of --server." };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_data);
    }

    public CoordinatorRest Open(ParseResult parsed) => new(Address(parsed));

    Uri Address(ParseResult parsed)
    {
        if (parsed.GetValue(_data) is { } data) return FromFolder(data);
        if (parsed.GetValue(_url) is { } url) return url;
        var fromEnvironment = Environment.GetEnvironmentVariable("FEDERATED_SERVER");
        return new Uri(string.IsNullOrEmpty(fromEnvironment) ? "http://127.0.0.1:5080" : fromEnvironment);
    }

    static Uri FromFolder(DirectoryInfo data) => Endpoints.Read(data.FullName)?.Http
        ?? throw new CommandException("F562", $"No coordinator has announced itself in '{data.FullName}' (no endpoints.json).", ExitCode.Environment);

    static Uri? Wrong(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--server '{result.Tokens[0].Value}' is no http or https address.");
        return null;
    }
}
