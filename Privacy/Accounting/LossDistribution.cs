using Federated.Privacy.Numerics;

namespace Federated.Privacy.Accounting;

/// <summary>
/// The privacy loss of one sampled Gaussian release on a grid, in one direction. The mass between two grid points is split between them so that both
/// distributions keep it: the hockey-stick divergence is exact at every grid point and never too small between them (Doroshenko et al. 2022, "connect the dots").
/// </summary>
/// <param name="First">Index of the first grid point: its loss is First times the interval.</param>
/// <param name="Mass">Probabilities from there on.</param>
/// <param name="Infinite">Probability of a loss above the grid.</param>
sealed record LossDistribution(long First, double[] Mass, double Infinite)
{
    // Beyond this many standard deviations a tail is counted as infinite loss (or dropped where the loss is smallest): 1e-21 of the mass.
    const double Reach = 9.5;

    /// <summary>The loss of the sample with the record against the one without it, drawn with it.</summary>
    public static LossDistribution OfRemoval(double rate, double sigma, double interval)
    {
        var (from, to) = (Math.Max(LossAt(rate, sigma, -Reach * sigma), MinLoss(rate)), LossAt(rate, sigma, 1 + Reach * sigma));
        return Build(from, to, interval, loss => new Point(PointAt(rate, sigma, loss), sigma), (low, high) => Masses(rate, low, high));
    }

    /// <summary>The loss of the sample without the record against the one with it, drawn without it.</summary>
    public static LossDistribution OfAddition(double rate, double sigma, double interval)
    {
        var (from, to) = (-LossAt(rate, sigma, Reach * sigma), -Math.Max(LossAt(rate, sigma, -Reach * sigma), MinLoss(rate)));
        return Build(from, to, interval, loss => new Point(PointAt(rate, sigma, -loss), sigma), (low, high) =>
        {
            var (with, without) = Masses(rate, high, low);
            return (without, with);
        });
    }

    static LossDistribution Build(double from, double to, double interval, Func<double, Point> at, Func<Point, Point, (double P, double Q)> between)
    {
        var (first, last) = ((long)Math.Floor(from / interval), (long)Math.Ceiling(to / interval));
        var mass = new double[last - first + 1];
        // The lowest grid point takes everything at or below it, which can only overstate the loss.
        var low = at(first * interval);
        mass[0] = between(at(double.NegativeInfinity), low).P;
        for (var i = first; i < last; i++)
        {
            var high = at((i + 1) * interval);
            var (p, q) = between(low, high);
            var upper = Math.Clamp((p - q * Math.Exp(i * interval)) / -NearZero.ExpM1(-interval), 0, p);
            mass[i - first] += p - upper;
            mass[i - first + 1] += upper;
            low = high;
        }
        return new LossDistribution(first, mass, Math.Max(NormalTail.Above(Reach), between(low, at(double.PositiveInfinity)).P));
    }

    // Masses of (1 - q) N(0, s^2) + q N(1, s^2) and of N(0, s^2) between two points.
    static (double With, double Without) Masses(double rate, Point low, Point high)
    {
        var without = high.Zero.Less(low.Zero);
        return ((1 - rate) * without + rate * high.One.Less(low.One), without);
    }

    static double MinLoss(double rate) => rate < 1 ? NearZero.LogP1(-rate) : double.NegativeInfinity;

    static double LossAt(double rate, double sigma, double x)
    {
        var u = (2 * x - 1) / (2 * sigma * sigma);
        return u > 30 ? Math.Log(rate) + u + NearZero.LogP1((1 - rate) / rate * Math.Exp(-u)) : rate < 1 ? NearZero.LogP1(rate * NearZero.ExpM1(u)) : u;
    }

    static double PointAt(double rate, double sigma, double loss)
    {
        if (double.IsPositiveInfinity(loss))
            return double.PositiveInfinity;
        if (loss <= MinLoss(rate))
            return double.NegativeInfinity;
        var u = rate == 1 ? loss : loss > 30 ? loss - Math.Log(rate) + NearZero.LogP1(-(1 - rate) * Math.Exp(-loss)) : NearZero.LogP1(NearZero.ExpM1(loss) / rate);
        return sigma * sigma * u + 0.5;
    }

    /// <summary>Both distributions' tails at a point.</summary>
    readonly struct Point(double x, double sigma)
    {
        public Tails Zero { get; } = new(x / sigma);

        public Tails One { get; } = new((x - 1) / sigma);
    }

    /// <summary>The two tails of a standard normal value, the smaller one exact.</summary>
    readonly struct Tails
    {
        readonly bool _right;
        readonly double _above;
        readonly double _below;

        public Tails(double x)
        {
            _right = x >= 0;
            var smaller = NormalTail.Above(Math.Abs(x));
            (_above, _below) = _right ? (smaller, 1 - smaller) : (1 - smaller, smaller);
        }

        /// <summary>The mass between a lower point and this one, from the tail in which nothing cancels.</summary>
        public double Less(Tails low) => low._right ? low._above - _above : _below - low._below;
    }
}
