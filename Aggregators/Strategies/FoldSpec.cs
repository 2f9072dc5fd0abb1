using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies;

/// <summary>
/// Which strategies a run combines, by name. A part that is given overrides the bundle's; a part that neither gives takes its default: weigher
/// <c>samples</c>, product <c>fedit</c>, affine <c>mean</c>, opaque <c>mean</c>, seed trace <c>replay</c>, server optimiser <c>none</c>.
/// </summary>
public sealed record FoldSpec
{
    /// <summary>Name of a bundle, or null.</summary>
    public string? Bundle { get; init; }

    /// <summary>Gives weights.</summary>
    public RuleSpec? Weigher { get; init; }

    /// <summary>Combines product groups.</summary>
    public RuleSpec? Product { get; init; }

    /// <summary>Combines affine groups.</summary>
    public RuleSpec? Affine { get; init; }

    /// <summary>Combines opaque groups.</summary>
    public RuleSpec? Opaque { get; init; }

    /// <summary>Replays seed-trace groups.</summary>
    public RuleSpec? SeedTrace { get; init; }

    /// <summary>Applies the combined change.</summary>
    public RuleSpec? ServerOptimiser { get; init; }

    /// <summary>A bundle as it is.</summary>
    public static FoldSpec Of(string bundle) => new() { Bundle = bundle };

    /// <summary>Canonical UTF-8 JSON; options have their keys sorted.</summary>
    public byte[] ToJson() => CanonicalJson.Write(w =>
    {
        if (Bundle is not null)
            w.WriteString("bundle", Bundle);
        foreach (var (name, part) in Parts())
        {
            if (part is null)
                continue;
            w.WriteStartObject(name);
            w.WriteString("name", part.Name);
            w.WritePropertyName("options");
            w.WriteRawValue(CanonicalJson.Sort(Encoding.UTF8.GetBytes(part.Options.GetRawText()), $"{name}.options"));
            w.WriteEndObject();
        }
    });

    /// <summary>Reads <see cref="ToJson"/>'s form; a part may also be just a name.</summary>
    /// <exception cref="FormatException">It is malformed or has an unknown field. Names and options are checked by <see cref="StrategyCatalog"/>.</exception>
    public static FoldSpec Parse(ReadOnlySpan<byte> utf8) => Read(StrictObject.Parse(utf8, "fold"));

    /// <summary>Reads the form inside a larger document.</summary>
    /// <exception cref="FormatException">See <see cref="Parse"/>.</exception>
    public static FoldSpec Read(StrictObject from)
    {
        var spec = new FoldSpec
        {
            Bundle = from.Element("bundle") is null ? null : from.Text("bundle", maxLength: 64),
            Weigher = ReadPart(from, "weigher"),
            Product = ReadPart(from, "product"),
            Affine = ReadPart(from, "affine"),
            Opaque = ReadPart(from, "opaque"),
            SeedTrace = ReadPart(from, "seed_trace"),
            ServerOptimiser = ReadPart(from, "server_optimiser"),
        };
        from.Done();
        return spec;
    }

    internal FoldSpec Over(FoldSpec below) => new()
    {
        Weigher = Weigher ?? below.Weigher,
        Product = Product ?? below.Product,
        Affine = Affine ?? below.Affine,
        Opaque = Opaque ?? below.Opaque,
        SeedTrace = SeedTrace ?? below.SeedTrace,
        ServerOptimiser = ServerOptimiser ?? below.ServerOptimiser,
    };

    IEnumerable<(string Name, RuleSpec? Part)> Parts() =>
        [("weigher", Weigher), ("product", Product), ("affine", Affine), ("opaque", Opaque), ("seed_trace", SeedTrace), ("server_optimiser", ServerOptimiser)];

    static RuleSpec? ReadPart(StrictObject from, string name)
    {
        if (from.Element(name) is not { } element)
            return null;
        if (element.ValueKind == JsonValueKind.String)
            return new RuleSpec(from.Text(name, maxLength: 64));
        var part = new StrictObject(element, $"{from.Path}.{name}");
        var spec = new RuleSpec(part.Text("name", maxLength: 64), part.Element("options"));
        part.Done();
        return spec;
    }
}
