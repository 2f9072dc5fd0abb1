using System.Security.Authentication;
using Federated.Cli.Supervision;
using Federated.Client.Faults;
using Federated.Server.Faults;

namespace Federated.Cli.Terminal;

/// <summary>Turns what went wrong into one line and an exit code; an unexpected exception keeps its stack trace, for us.</summary>
static class Failure
{
    public sealed record Description(string Line, int ExitCode);

    public static Description? Describe(Exception exception, bool stopping) => exception switch
    {
        ClientFault fault => new(OneLine(fault.Line), (int)fault.Exit),
        FaultException fault => new($"error {FaultCatalog.Of(fault.Refusal.Fault).Code}: {OneLine(fault.Refusal.Message)}", ExitCode.Environment),
        CommandException command => new($"error {command.Code}: {OneLine(command.Message)}", command.ExitCode),
        ChildFailedException child => new($"error F563: {OneLine(child.Message)}", child.ExitCode == ExitCode.Environment ? ExitCode.Environment : ExitCode.Failed),
        OperationCanceledException when stopping => new("Stopped.", ExitCode.Failed),
        HttpRequestException { InnerException: AuthenticationException tls } => new(
            $"error F562: the coordinator's certificate is not accepted: {OneLine(tls.Message)} --ca FILE (or FEDERATED_CA) names the federation's own authority.", ExitCode.Environment),
        HttpRequestException http => new($"error F562: the coordinator does not answer: {OneLine(http.Message)}", ExitCode.Environment),
        UnauthorizedAccessException access => new($"error F560: {OneLine(access.Message)}", ExitCode.Environment),
        FileNotFoundException or DirectoryNotFoundException => new($"error F560: {OneLine(exception.Message)}", ExitCode.Environment),
        IOException io => new($"error F564: {OneLine(io.Message)}", ExitCode.Failed),
        _ => null,
    };

    static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
