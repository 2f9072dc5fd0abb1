namespace Federated.Cli.FedPipe;

/// <summary>One way of sizing adapters, on one seed.</summary>
/// <param name="Name">"weakest", "strongest" or "fedpipe".</param>
/// <param name="Labels">How they spread over the sites.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Accuracy">On the test images after each round, a share.</param>
/// <param name="RoundSeconds">Simulated: the slowest client's time.</param>
/// <param name="MebibytesPerRound">Both ways, all clients.</param>
/// <param name="WaitingShare">Of all clients' time in a round, the part spent waiting for the slowest.</param>
/// <param name="Choices">What each client was given, in words.</param>
sealed record FedPipeRow(string Name, string Labels, ulong Seed, IReadOnlyList<double> Accuracy, double RoundSeconds, double MebibytesPerRound, double WaitingShare, IReadOnlyList<string> Choices)
{
    /// <summary>Mean of a local step on this machine, before any slowdown.</summary>
    public double StepMilliseconds { get; init; }

    /// <summary>Largest resident memory of this process meanwhile, all of its bases and data included.</summary>
    public double PeakMebibytes { get; init; }

    /// <summary>Simulated seconds until an accuracy is first reached; null where it is not.</summary>
    public double? SecondsTo(double accuracy)
    {
        for (var round = 0; round < Accuracy.Count; round++)
        {
            if (Accuracy[round] >= accuracy) return (round + 1) * RoundSeconds;
        }
        return null;
    }
}
