using System.Globalization;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>
/// What each client is sent a round, over the r (m + n) values of its factors (m = n): 1 for a pair of factors, 1/2 where one factor stays, more where offsets are added.
/// </summary>
/// <param name="Fixed">Whatever the number of clients.</param>
/// <param name="PerClient">For each client of the round.</param>
public readonly record struct DownLink(double Fixed, double PerClient)
{
    /// <summary>The factor with a number of clients.</summary>
    public double For(int clients) => Fixed + PerClient * clients;

    /// <summary>With K for the clients, for instance <c>1 + K</c>.</summary>
    public override string ToString() => (Fixed, PerClient) switch
    {
        (_, 0) => Fixed.ToString(CultureInfo.InvariantCulture),
        (0, 1) => "K",
        (_, 1) => string.Create(CultureInfo.InvariantCulture, $"{Fixed} + K"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Fixed} + {PerClient} K"),
    };
}
