using System.CommandLine;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary>Where the coordinator is and who asks: <c>--server URL --key K --ca FILE</c>, or the data folder of one on this machine.</summary>
sealed class ServerOption
{
    readonly Option<Uri?> _url = new("--server")
    {
        Description = "The coordinator's REST address [default: FEDERATED_SERVER or http://127.0.0.1:5080].",
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : Wrong(result),
    };
    readonly Option<string?> _key = new("--key") { Description = "An API key [default: FEDERATED_API_KEY]; none is needed on loopback without TLS." };
    readonly Option<FileInfo?> _authority = new("--ca") { Description = "Certificate of the authority that the coordinator is under [default: FEDERATED_CA]." };
    readonly Option<DirectoryInfo?> _data = new("--data") { Description = "Data folder of a coordinator on this machine, instead of --server, --key and --ca." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _url, _key, _authority, _data }) command.Options.Add(option);
    }

    public CoordinatorRest Open(ParseResult parsed)
    {
        var key = parsed.GetValue(_key) ?? Variable("FEDERATED_API_KEY");
        var authority = parsed.GetValue(_authority)?.FullName ?? Variable("FEDERATED_CA");
        if (parsed.GetValue(_data) is not { } data) return new(new RestAccess(parsed.GetValue(_url) ?? Default(), key, authority));
        var endpoints = Endpoints.Read(data.FullName)
            ?? throw new CommandException("F562", $"No coordinator has announced itself in '{data.FullName}' (no endpoints.json).", ExitCode.Environment);
        return new(new RestAccess(endpoints.Http, key ?? Endpoints.ReadKey(data.FullName), authority ?? endpoints.Authority));
    }

    static Uri Default() => Variable("FEDERATED_SERVER") is not { } text ? new Uri("http://127.0.0.1:5080")
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new CommandException("F561", $"FEDERATED_SERVER is '{text}', which is no http or https address.", ExitCode.Usage);

    static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    static Uri? Wrong(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--server '{result.Tokens[0].Value}' is no http or https address.");
        return null;
    }
}
