using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Server.Runs;

/// <summary>Whom a round asks. Without this section: a uniform draw of cohort.size clients.</summary>
/// <param name="Oort">Oort's choice (arXiv 2010.06081) instead of a uniform draw.</param>
/// <param name="OverSelect">Clients asked for each one of cohort.size, 1 to 4: what drop-outs are expected to take away.</param>
/// <param name="FairnessWindow">Whoever was not asked for so many rounds comes first; 0: never. Oort only.</param>
/// <param name="DeadlineFactor">A client's own deadline, as a multiple of its predicted time; 0: only the round's.</param>
sealed record SelectionSettings(bool Oort, double OverSelect, int FairnessWindow, double DeadlineFactor)
{
    public static SelectionSettings Default { get; } = new(false, 1, 0, 0);

    public static SelectionSettings Read(StrictObject o)
    {
        var settings = new SelectionSettings(
            o.Choice("kind", ["uniform", "oort"], "uniform") == "oort",
            o.Number("overSelect", 1, 4, 1),
            (int)o.Integer("fairnessWindow", 0, 100_000, 20),
            o.Number("deadlineFactor", 0, 1_000, 0));
        o.Done();
        return settings;
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("selection");
        w.WriteString("kind", Oort ? "oort" : "uniform");
        w.WriteNumber("overSelect", OverSelect);
        w.WriteNumber("fairnessWindow", FairnessWindow);
        w.WriteNumber("deadlineFactor", DeadlineFactor);
        w.WriteEndObject();
    }
}
