namespace Federated.Privacy.Mechanisms;

/// <summary>Bounds what one contribution can change.</summary>
public static class NormClipping
{
    /// <summary>min(1, bound / norm): the factor that brings a norm within a bound.</summary>
    /// <param name="norm">0 or more, of all tensors together.</param>
    /// <param name="bound">Above 0.</param>
    public static double Factor(double norm, double bound) => norm <= bound ? 1 : bound / norm;
}
