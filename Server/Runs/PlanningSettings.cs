using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Planning;

namespace Federated.Server.Runs;

/// <summary>Whether each client is sized by what it measured. Without this section everybody trains the same.</summary>
/// <param name="Ranks">Ascending, 1 to the rank of the run's plan.</param>
/// <param name="Batches">Ascending, two or more: steps are measured at the first and at four times the first, or the last.</param>
/// <param name="BaseBits">Bits per weight of the frozen base, of 32, 8 and 4.</param>
/// <param name="MemoryShare">Of a device's memory, above 0 to 1.</param>
/// <param name="Epochs">Passes over a site's data in a round, 1 to 1,000.</param>
sealed record PlanningSettings(IReadOnlyList<int> Ranks, IReadOnlyList<int> Batches, IReadOnlyList<int> BaseBits, double MemoryShare, int Epochs)
{
    const int MostValues = 16;
    static readonly int[] Bits = [4, 8, 32];

    /// <summary>Where a client that was not planned yet measures its steps.</summary>
    public IReadOnlyList<int> Measured => [Batches[0], Math.Min(4 * Batches[0], Batches[^1])];

    /// <summary>What is enumerated for a round of so many seconds, with updates of so many bytes a scalar.</summary>
    public PlanningGrid Grid(double seconds, int bytesPerScalar) => new()
    {
        Ranks = Ranks, Batches = Batches, BaseBits = BaseBits, MemoryShare = MemoryShare, DeadlineSeconds = seconds, Epochs = Epochs, BytesPerScalar = bytesPerScalar,
    };

    public static PlanningSettings Read(StrictObject o)
    {
        var settings = new PlanningSettings(
            Values(o, "ranks", 1, 1 << 16, [2, 4, 8]),
            Values(o, "batches", 1, 1_000_000, [4, 8, 16, 32]),
            Values(o, "baseBits", 4, 32, Bits),
            o.Number("memoryShare", 0, 1, 0.9),
            (int)o.Integer("epochs", 1, 1_000, 1));
        o.Done();
        if (settings.Batches.Count < 2)
            throw new FormatException($"{o.Path}.batches has one value; two or more are needed, because the time of a step is measured at two.");
        if (settings.MemoryShare == 0)
            throw new FormatException($"{o.Path}.memoryShare is 0; above 0 to 1 is allowed.");
        var odd = settings.BaseBits.FirstOrDefault(b => !Bits.Contains(b));
        return odd == 0 ? settings : throw new FormatException($"{o.Path}.baseBits has {odd}; {string.Join(", ", Bits)} are allowed.");
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("planning");
        w.WriteIntegers("ranks", Ranks);
        w.WriteIntegers("batches", Batches);
        w.WriteIntegers("baseBits", BaseBits);
        w.WriteNumber("memoryShare", MemoryShare);
        w.WriteNumber("epochs", Epochs);
        w.WriteEndObject();
    }

    static IReadOnlyList<int> Values(StrictObject o, string name, int min, int max, int[] fallback)
    {
        if (o.Element(name) is null)
            return fallback;
        var values = o.Array(name, (e, path) => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var v) && v >= min && v <= max ? v
            : throw new FormatException($"{path} is {e}; an integer of {min} to {max} is allowed."), maxCount: MostValues);
        var first = values.Zip(values.Skip(1)).FirstOrDefault(p => p.First >= p.Second);
        return values.Count > 0 && first == default ? values
            : throw new FormatException($"{o.Path}.{name} {(values.Count == 0 ? "is empty" : $"has {first.First} before {first.Second}")}; ascending values are needed.");
    }
}
