using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Formats.Peft;

/// <summary>adapter_config.json. Fields that peft writes and that change nothing here are passed over; values that would change the meaning are refused.</summary>
static class PeftLoraConfigJson
{
    // Field, and the values under which the adapter is plain LoRA.
    static readonly (string Field, Func<JsonElement, bool> IsPlain)[] Plain =
    [
        ("use_dora", e => e.ValueKind == JsonValueKind.False),
        ("fan_in_fan_out", e => e.ValueKind == JsonValueKind.False),
        ("bias", e => e.ValueKind == JsonValueKind.String && e.ValueEquals("none"u8)),
        ("lora_bias", e => e.ValueKind == JsonValueKind.False),
        ("layer_replication", e => false),
        ("trainable_token_indices", e => false),
        ("target_parameters", e => e.ValueKind == JsonValueKind.Array && e.GetArrayLength() == 0),
    ];

    public static byte[] Write(PeftLoraConfig config) => CanonicalJson.Write(w =>
    {
        w.WriteString("peft_type", "LORA");
        w.WriteNull("task_type");
        w.WriteString("base_model_name_or_path", config.BaseModel);
        w.WriteBoolean("inference_mode", true);
        w.WriteNumber("r", config.Rank);
        WriteAlpha(w, "lora_alpha", config.Alpha);
        w.WriteNumber("lora_dropout", 0.0);
        WriteTexts(w, "target_modules", config.TargetModules);
        if (config.ModulesToSave.Count > 0)
            WriteTexts(w, "modules_to_save", config.ModulesToSave);
        else
            w.WriteNull("modules_to_save");
        w.WriteBoolean("use_rslora", config.RsLora);
        w.WriteString("bias", "none");
        w.WriteBoolean("fan_in_fan_out", false);
        w.WriteBoolean("init_lora_weights", true);
        w.WriteStartObject("rank_pattern");
        foreach (var (module, rank) in config.RankPattern.OrderBy(p => p.Key, StringComparer.Ordinal))
            w.WriteNumber(module, rank);
        w.WriteEndObject();
        w.WriteStartObject("alpha_pattern");
        foreach (var (module, alpha) in config.AlphaPattern.OrderBy(p => p.Key, StringComparer.Ordinal))
            WriteAlpha(w, module, alpha);
        w.WriteEndObject();
    });

    public static PeftLoraConfig Read(ReadOnlySpan<byte> utf8)
    {
        var o = StrictObject.Parse(utf8, "adapter_config.json");
        if (o.Text("peft_type", maxLength: 64) is var type and not "LORA")
            throw new FormatException($"adapter_config.json.peft_type is '{type}'; LORA is read here.");
        foreach (var (field, isPlain) in Plain)
        {
            if (o.Element(field) is { } element && !isPlain(element))
                throw new FormatException($"adapter_config.json.{field} is {NearestName.Shorten(element.GetRawText())}, which is not read here.");
        }
        return new PeftLoraConfig((int)o.Integer("r", 1, 65_536), o.Number("lora_alpha", double.Epsilon, double.MaxValue), Targets(o))
        {
            BaseModel = o.Element("base_model_name_or_path") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : "",
            RsLora = o.Flag("use_rslora", false),
            ModulesToSave = o.Texts("modules_to_save", required: false),
            RankPattern = Pattern(o, "rank_pattern", (p, k) => (int)p.Integer(k, 1, 65_536)),
            AlphaPattern = Pattern(o, "alpha_pattern", (p, k) => p.Number(k, double.Epsilon, double.MaxValue)),
        };
    }

    static List<string> Targets(StrictObject o) =>
        o.Element("target_modules") is { ValueKind: JsonValueKind.String } text ? [text.GetString()!] : o.Texts("target_modules", required: false, maxCount: 100_000);

    static Dictionary<string, T> Pattern<T>(StrictObject o, string field, Func<StrictObject, string, T> read) =>
        o.Object(field) is { } pattern ? pattern.Names().ToDictionary(n => n, n => read(pattern, n), StringComparer.Ordinal) : [];

    static void WriteTexts(Utf8JsonWriter w, string field, IEnumerable<string> texts)
    {
        w.WriteStartArray(field);
        foreach (var text in texts)
            w.WriteStringValue(text);
        w.WriteEndArray();
    }

    // peft declares alpha as an integer; whole numbers are written as such.
    static void WriteAlpha(Utf8JsonWriter w, string field, double alpha)
    {
        if (alpha == Math.Floor(alpha) && alpha < int.MaxValue)
            w.WriteNumber(field, (int)alpha);
        else
            w.WriteNumber(field, alpha);
    }
}
