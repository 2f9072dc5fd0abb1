using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Cli.Aggregation;

/// <summary>
/// A name and <c>key=value</c> settings as a <see cref="FoldSpec"/>. The name is a bundle, or a strategy, which then stands wherever it can. A key is an option of
/// what was named (of a bundle: of its product rule), PART to choose another strategy for a part, or PART.OPTION.
/// </summary>
static class StrategyChoice
{
    static readonly (string Key, StrategyKind Kind)[] Places =
    [
        ("weigher", StrategyKind.Weigher), ("product", StrategyKind.Product), ("affine", StrategyKind.Affine), ("opaque", StrategyKind.Opaque),
        ("seed_trace", StrategyKind.SeedTrace), ("server_optimiser", StrategyKind.ServerOptimiser),
    ];

    public static FoldSpec Read(StrategyCatalog catalog, string name, IReadOnlyList<string> settings)
    {
        var parts = Named(catalog, name);
        string[] named = [.. parts.Where(p => p.Value.Name == name).Select(p => p.Key)];
        var pairs = Pairs(settings);
        // Which strategy a part has comes first, whatever the order on the command line: its options would be another's.
        foreach (var (key, value) in pairs.Where(p => IsPart(p.Key)))
            parts[key] = (value, []);
        foreach (var (key, value) in pairs.Where(p => !IsPart(p.Key)))
            Set(parts, named.Length > 0 ? named : ["product"], key, Json(value));
        return Spec(parts) with { Bundle = catalog.Bundles.Any(b => b.Name == name) ? name : null };
    }

    static SortedDictionary<string, (string Name, JsonObject Options)> Named(StrategyCatalog catalog, string name)
    {
        var parts = new SortedDictionary<string, (string, JsonObject)>(StringComparer.Ordinal) { ["product"] = ("fedit", []) };
        if (catalog.Bundles.FirstOrDefault(b => b.Name == name) is { } bundle)
        {
            var spec = bundle.Parts;
            foreach (var (key, rule) in new[] { ("weigher", spec.Weigher), ("product", spec.Product), ("affine", spec.Affine), ("opaque", spec.Opaque), ("seed_trace", spec.SeedTrace), ("server_optimiser", spec.ServerOptimiser) })
            {
                if (rule is not null) parts[key] = (rule.Name, JsonNode.Parse(rule.Options.GetRawText())!.AsObject());
            }
            return parts;
        }
        var places = Places.Where(p => catalog.Of(p.Kind).Any(s => s.Name == name)).ToList();
        if (places.Count == 0) throw Refused.Words(NearestName.Sentence("Strategy", name, Known(catalog)));
        foreach (var (key, _) in places) parts[key] = (name, []);
        return parts;
    }

    static string[] Known(StrategyCatalog catalog) =>
        [.. catalog.Bundles.Select(b => b.Name).Concat(Places.SelectMany(p => catalog.Of(p.Kind)).Select(s => s.Name)).Distinct()];

    static void Set(SortedDictionary<string, (string Name, JsonObject Options)> parts, string[] named, string key, JsonNode? value)
    {
        var cut = key.IndexOf('.');
        if (cut < 0)
        {
            foreach (var part in named) parts[part].Options[key] = value?.DeepClone();
            return;
        }
        var place = key[..cut];
        if (!IsPart(place)) throw Refused.Words(NearestName.Sentence("--set: part", place, [.. Places.Select(p => p.Key)]));
        if (!parts.TryGetValue(place, out var chosen)) throw Refused.Words($"--set {key}: part '{place}' has its default strategy; choose one with --set {place}=NAME.");
        chosen.Options[key[(cut + 1)..]] = value;
    }

    static FoldSpec Spec(SortedDictionary<string, (string Name, JsonObject Options)> parts)
    {
        RuleSpec? Part(string key) => parts.TryGetValue(key, out var part) ? new RuleSpec(part.Name, part.Options.ToJsonString()) : null;
        return new FoldSpec { Weigher = Part("weigher"), Product = Part("product"), Affine = Part("affine"), Opaque = Part("opaque"), SeedTrace = Part("seed_trace"), ServerOptimiser = Part("server_optimiser") };
    }

    static Dictionary<string, string> Pairs(IReadOnlyList<string> texts)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var cut = text.IndexOf('=');
            if (cut < 1) throw Refused.Words($"--set '{text}' is not of the form key=value.");
            if (!pairs.TryAdd(text[..cut], text[(cut + 1)..])) throw Refused.Words($"--set names '{text[..cut]}' twice.");
        }
        return pairs;
    }

    static bool IsPart(string key) => Places.Any(p => p.Key == key);

    /// <summary>A number, true or false where the text is one, and otherwise a text.</summary>
    static JsonNode? Json(string value)
    {
        try
        {
            if (JsonNode.Parse(value) is JsonValue parsed && parsed.GetValueKind() is (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)) return parsed;
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
        return JsonValue.Create(value);
    }
}
