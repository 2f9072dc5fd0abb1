namespace Federated.Privacy.Numerics;

/// <summary>e^x - 1 and ln(1 + x) with their relative precision near 0, which the framework's own do not keep (after Kahan).</summary>
static class NearZero
{
    public static double ExpM1(double x)
    {
        var e = Math.Exp(x);
        if (e == 1)
            return x;
        return e == 0 || double.IsInfinity(e) ? e - 1 : (e - 1) * x / Math.Log(e);
    }

    public static double LogP1(double x)
    {
        var y = 1 + x;
        if (y == 1)
            return x;
        return y <= 0 || double.IsInfinity(y) ? Math.Log(y) : Math.Log(y) * x / (y - 1);
    }
}
