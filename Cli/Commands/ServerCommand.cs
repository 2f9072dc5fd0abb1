using System.CommandLine;
using System.Runtime.InteropServices;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated server</c>: becomes Federated.Server's own executable, with the same arguments, process id and signals.</summary>
static partial class ServerCommand
{
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "Federated.Server");

    public static Command Create()
    {
        var arguments = new Argument<string[]>("options") { Description = "Options of the server; 'federated server --help' asks the server itself.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("server", "Run a coordinator (--data DIR).") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.Options.Clear();
        command.SetAction(parsed => Become([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]));
        return command;
    }

    static int Become(IReadOnlyList<string> arguments)
    {
        if (!File.Exists(Executable)) throw new CommandException("F560", $"The server's executable is missing: '{Executable}'. Run './federated setup'.", ExitCode.Environment);
        Execute(Executable, [Executable, .. arguments, null]);
        throw new CommandException("F560", $"The server's executable did not start: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.", ExitCode.Environment);
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
