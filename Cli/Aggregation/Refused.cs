using Federated.Cli.Terminal;

namespace Federated.Cli.Aggregation;

/// <summary>Why <c>federated aggregate</c> ends without a result.</summary>
static class Refused
{
    /// <summary>Adapters or the fold itself.</summary>
    public static CommandException Combining(string why) => new("F567", why, ExitCode.Failed);

    /// <summary>A folder that is not there.</summary>
    public static CommandException Missing(string why) => new("F567", why, ExitCode.Environment);

    /// <summary>Words of the command line.</summary>
    public static CommandException Words(string why) => new("F561", why, ExitCode.Usage);
}
