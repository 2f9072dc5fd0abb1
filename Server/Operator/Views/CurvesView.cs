namespace Federated.Server.Operator.Views;

/// <summary>A run's curves as columns of equal length, one entry per round; null where a round has no such value yet.</summary>
/// <param name="Settled">Nothing changes any more up to this round: asked with <c>?after=</c> it, the next answer goes on here.</param>
/// <param name="Round">Ascending; 0 for version 0.</param>
/// <param name="Seconds">From start to publication.</param>
/// <param name="Accuracy">Correct by samples of the published version's evaluation, 0 to 1.</param>
/// <param name="Loss">Mean over the evaluated samples.</param>
/// <param name="TrainingLoss">Mean over the accepted updates, weighted by samples.</param>
/// <param name="Accepted">Updates.</param>
/// <param name="Rejected">Updates.</param>
/// <param name="Discarded">Updates.</param>
/// <param name="BytesUp">Of all participations.</param>
/// <param name="BytesDown">Of all participations.</param>
sealed record CurvesView(
    int Settled, IReadOnlyList<int> Round, IReadOnlyList<double?> Seconds, IReadOnlyList<double?> Accuracy, IReadOnlyList<double?> Loss, IReadOnlyList<double?> TrainingLoss,
    IReadOnlyList<int> Accepted, IReadOnlyList<int> Rejected, IReadOnlyList<int> Discarded, IReadOnlyList<long> BytesUp, IReadOnlyList<long> BytesDown);
