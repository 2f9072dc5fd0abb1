namespace Federated.Formats.Peft;

/// <summary>The fields of peft's adapter_config.json for LoRA that mean something here.</summary>
/// <param name="Rank">peft's <c>r</c>, 1 or more.</param>
/// <param name="Alpha">peft's <c>lora_alpha</c>.</param>
/// <param name="TargetModules">Module names, or endings of them after a dot.</param>
public sealed record PeftLoraConfig(int Rank, double Alpha, IReadOnlyList<string> TargetModules)
{
    /// <summary>peft's <c>base_model_name_or_path</c>; empty when unknown.</summary>
    public string BaseModel { get; init; } = "";

    /// <summary>peft's <c>use_rslora</c>.</summary>
    public bool RsLora { get; init; }

    /// <summary>peft's <c>modules_to_save</c>: modules trained as a whole, such as a new head.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Ranks of modules that differ from <see cref="Rank"/>.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Alphas of modules that differ from <see cref="Alpha"/>.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>The alpha of a module: that of the pattern which is the module's name or an ending of it after a dot.</summary>
    public double AlphaOf(string module) =>
        AlphaPattern.TryGetValue(AlphaPattern.Keys.FirstOrDefault(k => Matches(module, k)) ?? "", out var alpha) ? alpha : Alpha;

    /// <summary>The rank of a module, see <see cref="AlphaOf"/>.</summary>
    public int RankOf(string module) =>
        RankPattern.TryGetValue(RankPattern.Keys.FirstOrDefault(k => Matches(module, k)) ?? "", out var rank) ? rank : Rank;

    static bool Matches(string module, string pattern) => module == pattern || module.EndsWith("." + pattern, StringComparison.Ordinal);
}
