namespace Federated.Cli.Terminal;

/// <summary>What every verb answers the shell.</summary>
static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    /// <summary>Something outside is missing or refused: a package, a port, a permission, a file.</summary>
    public const int Environment = 3;
}
