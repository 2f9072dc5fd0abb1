using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies.LoraFair;

/// <summary>Options of LoRA-FAIR.</summary>
/// <param name="Cosine">Whether 1 - cos(M, (B + D) A) is minimised (the paper) instead of ||M - (B + D) A||^2, whose solution is closed; default false.</param>
/// <param name="Lambda">Weight of ||D||^2, 0 (of the cosine: 1e-9) to 1e12; default 0.01.</param>
/// <param name="Mode">What it is measured in; default relative-to-gram, of the cosine always absolute.</param>
/// <param name="MaxCorrection">Largest ||D|| / ||B|| before falling back to the plain mean, above 0; default 10.</param>
/// <param name="GramFloor">Smallest tr(G) / r at which A can carry a correction, 0 or more; default 1e-12.</param>
sealed record LoraFairOptions(bool Cosine, double Lambda, LambdaMode Mode, double MaxCorrection, double GramFloor)
{
    /// <summary>lambda is at least this times tr(G) / r: below it the solve loses its digits.</summary>
    public const double LambdaFloor = 1e-6;

    static readonly string[] Objectives = ["frobenius", "cosine"];

    static readonly Dictionary<string, LambdaMode> Modes = new(StringComparer.Ordinal)
    {
        ["absolute"] = LambdaMode.Absolute,
        ["relative-to-update"] = LambdaMode.RelativeToUpdate,
        ["relative-to-gram"] = LambdaMode.RelativeToGram,
    };

    public static LoraFairOptions Read(StrictObject options)
    {
        var cosine = options.Choice("objective", Objectives, "frobenius") == "cosine";
        // The cosine does not know the layer's scale, so its lambda has nothing to be relative to; without one it leaves the length of B open.
        return new(cosine, options.Number("lambda", cosine ? 1e-9 : 0, 1e12, 0.01),
            cosine ? Modes[options.Choice("lambda_mode", ["absolute"], "absolute")] : Modes[options.Choice("lambda_mode", Modes.Keys, "relative-to-gram")],
            options.Number("max_correction", double.Epsilon, double.MaxValue, 10), options.Number("gram_floor", 0, double.MaxValue, 1e-12));
    }
}
