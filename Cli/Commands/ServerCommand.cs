using System.CommandLine;
using System.Runtime.InteropServices;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated server</c>: becomes Federated.Server's own executable, with the same arguments, process id and signals.</summary>
static partial class ServerCommand
{
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "Federated.Server");

    /// <summary>Listed for help only: Program hands the server's own options over unread.</summary>
    public static Command Create() => new("server", "Run a coordinator; 'federated server --help' lists its options.");

    public static int Become(IReadOnlyList<string> arguments)
    {
        if (!File.Exists(Executable)) throw new CommandException("F560", $"The server's executable is missing: '{Executable}'. Run './federated setup'.", ExitCode.Environment);
        Execute(Executable, [Executable, .. arguments, null]);
        throw new CommandException("F560", $"The server's executable did not start: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.", ExitCode.Environment);
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
