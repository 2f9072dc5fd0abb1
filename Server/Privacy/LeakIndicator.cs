namespace Federated.Server.Privacy;

/// <summary>One update against public candidates.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Tensor">The right factor that was measured.</param>
/// <param name="Rank">Directions of its update.</param>
/// <param name="Candidates">How many were measured.</param>
/// <param name="Outliers">How many stand out.</param>
/// <param name="Lowest">The smallest standardised logit distance.</param>
sealed record LeakIndicator(string Client, string Tensor, int Rank, int Candidates, int Outliers, double Lowest);
