using System.Text.Json;
using Federated.Privacy.Accounting;

namespace Federated.Privacy.Tests.Accounting;

/// <summary>Values that other libraries publish, or that mpmath gives; the file says which.</summary>
public sealed class AccountantVectorTests(ITestOutputHelper output)
{
    const int Count = 75;

    static readonly IReadOnlyList<JsonElement> Vectors =
        [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "accountants.json"))).RootElement.GetProperty("vectors").EnumerateArray()];

    [Fact]
    public void EveryVector_AgreesWithItsSource()
    {
        var wrong = new List<string>();
        foreach (var vector in Vectors)
        {
            var (value, expected) = (Compute(vector), Number(vector, "value"));
            if (!(Math.Abs(value / expected - 1) <= Number(vector, "tolerance")))
                wrong.Add($"{value:r} for {vector}");
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.Equal(Count, Vectors.Count);
        output.WriteLine($"{Vectors.Count} vectors: {string.Join(", ", Vectors.GroupBy(v => v.GetProperty("kind").GetString()).Select(g => $"{g.Count()} {g.Key}"))}");
    }

    static double Compute(JsonElement v) => v.GetProperty("kind").GetString() switch
    {
        "divergence" => Number(v, "count") * RenyiDivergence.OfSampledGaussian(Number(v, "rate"), Number(v, "sigma"), Number(v, "alpha")),
        "conversion" => Ordered(v, Rdp(v).Convert([.. Enumerable.Repeat(Number(v, "divergence"), 31)], Number(v, "delta"))),
        "rdp" => Ordered(v, Rdp(v).Best(Events(v), Number(v, "delta"))),
        "pld" => new PldAccountant().Epsilon(Events(v), Number(v, "delta")),
        "pld-delta" => new PldAccountant().Delta(Events(v), Number(v, "epsilon")),
        // The source reports an upper end: it adds its error of 0.01 and leaves a thousandth of delta for its own truncation.
        "prv" => new PldAccountant().Epsilon(Events(v), 0.999 * Number(v, "delta")) + 0.01,
        "gdp" => CentralLimit(v),
        "analytic" => AnalyticGaussian.Epsilon(Number(v, "sigma"), Number(v, "delta")),
        var kind => throw new InvalidDataException($"No vector is of kind '{kind}'."),
    };

    // Bu et al. 2020: an estimate and no bound, which is why the product does not offer it; it exercises the analytic Gaussian.
    static double CentralLimit(JsonElement v)
    {
        var mu = Number(v, "rate") * Math.Sqrt(Number(v, "count") * (Math.Exp(Math.Pow(Number(v, "sigma"), -2)) - 1));
        return AnalyticGaussian.Epsilon(1 / mu, Number(v, "delta"));
    }

    static double Ordered(JsonElement v, (double Epsilon, double Order) best)
    {
        if (v.TryGetProperty("order", out var order))
            Assert.Equal(order.GetDouble(), best.Order);
        return best.Epsilon;
    }

    static RdpAccountant Rdp(JsonElement v) => new(v.TryGetProperty("orders", out _) ? [.. Enumerable.Range(2, 31).Select(a => (double)a)] : null);

    static List<PrivacyEvent> Events(JsonElement v) =>
        [.. v.GetProperty("events").EnumerateArray().Select(e => new PrivacyEvent(e[1].GetDouble(), e[0].GetDouble(), e[2].GetInt64()))];

    static double Number(JsonElement v, string name) => v.GetProperty(name).GetDouble();
}
