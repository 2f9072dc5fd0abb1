namespace Federated.Server.Storage;

/// <summary>One round in figures.</summary>
/// <param name="Round">0 for version 0.</param>
/// <param name="VersionOut">The version it published.</param>
/// <param name="Seconds">From start to publication; null before it, and for version 0.</param>
/// <param name="Rejected">Updates.</param>
/// <param name="Discarded">Updates.</param>
/// <param name="Updates">Over its participations.</param>
/// <param name="Evaluation">Over the clients that evaluated its version; null where nobody did.</param>
sealed record CurvePoint(int Round, int? VersionOut, double? Seconds, int Rejected, int Discarded, UpdateSums Updates, EvaluationSums? Evaluation);

/// <summary>Samples and losses are those of accepted updates that told a loss.</summary>
sealed record UpdateSums(int Accepted, long BytesUp, long BytesDown, long Samples, double LossSum)
{
    public static UpdateSums None { get; } = new(0, 0, 0, 0, 0);
}

sealed record EvaluationSums(long Samples, long Correct, double LossSum);
