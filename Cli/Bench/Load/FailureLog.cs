using System.Text;

namespace Federated.Cli.Bench.Load;

/// <summary>Counts what the clients' logs call a failure.</summary>
sealed class FailureLog : TextWriter
{
    static readonly string[] Signs = ["Not connected", "not delivered yet", "rejected", "discarded", "failed", "declined", "not joined"];

    public override Encoding Encoding => Encoding.UTF8;

    public int Failures { get; private set; }

    /// <summary>The first failure's line; empty where there is none.</summary>
    public string First { get; private set; } = "";

    public override void WriteLine(string? value)
    {
        if (value is null || !Signs.Any(s => value.Contains(s, StringComparison.Ordinal)))
            return;
        lock (Signs)
        {
            Failures++;
            if (First.Length == 0)
                First = value;
        }
    }
}
