using System.CommandLine;
using Federated.Cli.Terminal;
using Federated.Server.Identity;

namespace Federated.Cli.Commands;

/// <summary><c>federated ca init|server</c>: the federation's own authority, made where the coordinator runs.</summary>
static class AuthorityCommand
{
    static readonly string[] Always = ["localhost", "127.0.0.1"];

    public static Command Create() => new("ca", "The federation's own certificate authority.")
    {
        Make("init", "Make an authority and the coordinator's certificate.", (folder, hosts) => TlsFolder.Create(folder, "Federated authority", hosts, TimeProvider.System.GetUtcNow())),
        Make("server", "Issue the coordinator's certificate anew.", (folder, hosts) => TlsFolder.IssueServer(folder, hosts, TimeProvider.System.GetUtcNow())),
    };

    static Command Make(string name, string description, Action<string, IReadOnlyList<string>> make)
    {
        var folder = new Option<DirectoryInfo>("--dir") { Description = "The folder for 'federated server --tls'.", Required = true };
        var hosts = new Option<string[]>("--host") { Description = "Names and addresses by which clients and operators reach the coordinator.", Required = true, AllowMultipleArgumentsPerToken = true };
        var command = new Command(name, description) { folder, hosts };
        command.SetAction(parsed =>
        {
            var (path, names) = (parsed.GetValue(folder)!.FullName, parsed.GetValue(hosts)!);
            if (names.FirstOrDefault(h => Uri.CheckHostName(h) == UriHostNameType.Unknown) is { } wrong)
                throw new CommandException("F561", $"--host '{wrong}' is no host name or address.", ExitCode.Usage);
            make(path, [.. names.Concat(Always).Distinct()]);
            Console.WriteLine($"Certificates are in '{path}'; start the coordinator with --tls '{path}'. Keep ca.key there and nowhere else.");
            return ExitCode.Done;
        });
        return command;
    }
}
