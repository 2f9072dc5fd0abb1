using System.Globalization;

namespace Federated.Cli.Terminal;

/// <summary>So many of something.</summary>
static class Counted
{
    /// <summary>"1 group", "2 groups".</summary>
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
