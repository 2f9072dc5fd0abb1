namespace Federated.Cli.Supervision;

/// <summary>A supervised process ended more often than it may.</summary>
sealed class ChildFailedException(string name, int exitCode, int restarts, string lastError)
    : Exception($"{name} ended with exit code {exitCode}{(restarts == 0 ? "" : $" after {restarts} restarts")}{(lastError == "" ? "" : ": " + lastError)}")
{
    public int ExitCode => exitCode;
}
