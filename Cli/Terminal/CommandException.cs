namespace Federated.Cli.Terminal;

/// <summary>An expected failure of a verb: one line for a person, and the exit code.</summary>
sealed class CommandException(string code, string message, int exitCode) : Exception(message)
{
    /// <summary>Stable code of docs/errors.md.</summary>
    public string Code => code;

    public int ExitCode => exitCode;
}
