using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Privacy.Mechanisms;

namespace Federated.Server.Privacy;

/// <summary>The RunSpec's privacy section.</summary>
static class PrivacyJson
{
    static readonly string[] Places = ["server", "site"];
    static readonly string[] Units = ["client", "record"];

    /// <exception cref="FormatException">A field is unknown, missing or out of its range.</exception>
    public static PrivacySettings Read(StrictObject o, int cohortQuorum)
    {
        var (clip, noise) = (o.Number("clip", 1e-12, 1e12), o.Number("noise", 1e-6, 1e6));
        var settings = new PrivacySettings(
            Enum.Parse<NoisePlace>(o.Choice("at", Places, "server"), ignoreCase: true),
            Enum.Parse<PrivacyUnit>(o.Choice("unit", Units, "client"), ignoreCase: true),
            new CentralNoiseSettings(clip, noise)
            {
                TermClip = o.Number("termClip", 1e-12, 1e12, clip),
                TermNoise = o.Number("termNoise", 1e-6, 1e6, noise),
                Adaptive = o.Object("adaptive") is { } adaptive ? ReadAdaptive(adaptive, cohortQuorum) : null,
            },
            new PrivacyBudget(o.Number("epsilon", 1e-9, 1e9), o.Number("delta", 1e-15, 0.5), o.Choice("accountant", [.. PrivacyBudget.AccountantNames], "rdp")));
        o.Done();
        return settings;
    }

    public static void Write(Utf8JsonWriter w, PrivacySettings settings)
    {
        w.WriteStartObject("privacy");
        w.WriteString("at", settings.At.ToString().ToLowerInvariant());
        w.WriteString("unit", settings.Unit.ToString().ToLowerInvariant());
        w.WriteNumber("clip", settings.Noise.Clip);
        w.WriteNumber("noise", settings.Noise.Noise);
        w.WriteNumber("termClip", settings.Noise.TermClip);
        w.WriteNumber("termNoise", settings.Noise.TermNoise);
        if (settings.Noise.Adaptive is { } adaptive)
        {
            w.WriteStartObject("adaptive");
            w.WriteNumber("quantile", adaptive.Quantile);
            w.WriteNumber("rate", adaptive.Rate);
            w.WriteNumber("countNoise", adaptive.CountNoise);
            w.WriteEndObject();
        }
        w.WriteNumber("epsilon", settings.Budget.Epsilon);
        w.WriteNumber("delta", settings.Budget.Delta);
        w.WriteString("accountant", settings.Budget.Accountant);
        w.WriteEndObject();
    }

    // The paper's noise on the count is a twentieth of the cohort.
    static AdaptiveClip ReadAdaptive(StrictObject o, int cohortQuorum)
    {
        var adaptive = new AdaptiveClip(o.Number("quantile", 0.01, 0.99, 0.5), o.Number("rate", 1e-6, 10, 0.2), o.Number("countNoise", 1e-6, 1e6, cohortQuorum / 20.0));
        o.Done();
        return adaptive;
    }
}
