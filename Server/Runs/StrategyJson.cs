using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies;

namespace Federated.Server.Runs;

/// <summary>The strategy's keys of a RunSpec: a bundle, and components that override it, each a name or {"name": ..., options}.</summary>
static class StrategyJson
{
    const string DefaultBundle = "fedit";

    public static FoldSpec Read(StrictObject root)
    {
        var spec = new FoldSpec
        {
            Weigher = ReadComponent(root, "weigher"),
            Product = ReadComponent(root, "product"),
            Affine = ReadComponent(root, "affine"),
            Opaque = ReadComponent(root, "opaque"),
            SeedTrace = ReadComponent(root, "seedTrace"),
            ServerOptimiser = ReadComponent(root, "serverOptimizer"),
        };
        var composed = Components(spec).Any(c => c.Rule is not null);
        var bundle = root.Element("strategy") is null ? null : root.Text("strategy", maxLength: 64);
        return spec with { Bundle = bundle ?? (composed ? null : DefaultBundle) };
    }

    public static void Write(Utf8JsonWriter w, FoldSpec spec)
    {
        if (spec.Bundle is not null)
            w.WriteString("strategy", spec.Bundle);
        foreach (var (name, rule) in Components(spec))
        {
            if (rule is null)
                continue;
            w.WriteStartObject(name);
            w.WriteString("name", rule.Name);
            foreach (var option in rule.Options.EnumerateObject().OrderBy(o => o.Name, StringComparer.Ordinal))
            {
                w.WritePropertyName(option.Name);
                w.WriteRawValue(CanonicalJson.Sort(Encoding.UTF8.GetBytes(option.Value.GetRawText()), option.Name));
            }
            w.WriteEndObject();
        }
    }

    /// <summary>For people: the bundle, or the product rule that stands for a composition.</summary>
    public static string NameOf(FoldSpec spec) => spec.Bundle ?? spec.Product?.Name ?? "composed";

    static IEnumerable<(string Name, RuleSpec? Rule)> Components(FoldSpec spec) =>
    [
        ("weigher", spec.Weigher), ("product", spec.Product), ("affine", spec.Affine), ("opaque", spec.Opaque), ("seedTrace", spec.SeedTrace), ("serverOptimizer", spec.ServerOptimiser),
    ];

    static RuleSpec? ReadComponent(StrictObject root, string name)
    {
        if (root.Element(name) is not { } element)
            return null;
        if (element.ValueKind == JsonValueKind.String)
            return new RuleSpec(root.Text(name, maxLength: 64));
        var component = new StrictObject(element, $"{root.Path}.{name}");
        var rule = component.Text("name", maxLength: 64);
        var options = element.EnumerateObject().Where(o => o.Name != "name").ToDictionary(o => o.Name, o => o.Value);
        return new RuleSpec(rule, JsonSerializer.Serialize(options));
    }
}
