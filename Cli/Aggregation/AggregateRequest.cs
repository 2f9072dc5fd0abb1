namespace Federated.Cli.Aggregation;

/// <summary>What <c>federated aggregate</c> was asked for.</summary>
/// <param name="Strategy">A bundle, or a strategy of any kind.</param>
/// <param name="Clients">1 or more.</param>
/// <param name="Output">Folder to make; may exist when it is empty.</param>
sealed record AggregateRequest(string Strategy, IReadOnlyList<ClientArgument> Clients, string Output)
{
    /// <summary>The adapter that the clients started from; null means zeros.</summary>
    public string? Previous { get; init; }

    /// <summary>What the strategy remembers of the call before, a file that it wrote; null means nothing.</summary>
    public string? State { get; init; }

    /// <summary><c>key=value</c> texts, see <see cref="StrategyChoice"/>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The round's number, for rules that alternate.</summary>
    public long Round { get; init; }

    public int Threads { get; init; } = 1;

    /// <summary>Whether what a rule puts into the base is written as an adapter of its own instead of appended as rank.</summary>
    public bool ResidualBeside { get; init; }
}
