namespace Federated.Aggregators.Numerics;

static class Norm
{
    /// <summary>Sum of squares, in index order.</summary>
    public static double Squared(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        foreach (var value in x)
            sum = Math.FusedMultiplyAdd(value, value, sum);
        return sum;
    }
}
