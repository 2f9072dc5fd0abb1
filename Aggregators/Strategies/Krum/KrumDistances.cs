namespace Federated.Aggregators.Strategies.Krum;

/// <summary>Squared distances of the clients' effective changes, and Krum's scores over some of the clients.</summary>
sealed class KrumDistances(double[,] gram)
{
    /// <summary>Clients.</summary>
    public int Count => gram.GetLength(0);

    /// <summary>The sum of the <paramref name="neighbours"/> smallest squared distances of a client to others in <paramref name="among"/>.</summary>
    public double Score(int client, IReadOnlyCollection<int> among, int neighbours) => among.Where(j => j != client)
        .Select(j => Math.Max(0, gram[client, client] + gram[j, j] - 2 * gram[client, j])).Order().Take(neighbours).Sum();
}
