using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Federated.Server.Hosting;

namespace Federated.Cli.Terminal;

/// <summary>Parses, runs and reports: the one place where an exception becomes a line and an exit code.</summary>
static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return Usage(parsed);

        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        ParentPipe.Watch(stopping.Cancel);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stopping.Token);
        }
        catch (Exception exception) when (Failure.Describe(exception, stopping.IsCancellationRequested) is { } failure)
        {
            Console.Error.WriteLine(failure.Line);
            return failure.ExitCode;
        }
    }

    static int Usage(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Console.Error.WriteLine($"error F561: {error.Message}");
        var path = string.Join(' ', parsed.CommandResult.Command.Name == parsed.RootCommandResult.Command.Name ? [] : Path(parsed.CommandResult));
        Console.Error.WriteLine($"See: federated {path}{(path == "" ? "" : " ")}--help");
        return ExitCode.Usage;
    }

    static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult { Parent: not null } parent ? Path(parent).Append(result.Command.Name) : [result.Command.Name];
}
