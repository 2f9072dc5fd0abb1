namespace Federated.Cli.FedPeft;

/// <summary>What <c>bench fedpeft</c> does.</summary>
sealed record FedPeftSettings
{
    public int Seeds { get; init; } = 3;
    public int Sites { get; init; } = 6;
    public int Rounds { get; init; } = 6;

    /// <summary>Optimiser steps of a site in a round.</summary>
    public int Steps { get; init; } = 10;

    public int BatchSize { get; init; } = 32;
    public int ImagesPerSite { get; init; } = 300;
    public int TestImages { get; init; } = 1000;
    public int PretrainEpochs { get; init; } = 1;

    /// <summary>What every site's camera does to an image, so that there is something to learn that the base does not know.</summary>
    public string Transform { get; init; } = "rotate:180";

    /// <summary>AdamW's rate per set, chosen by hand: methods cannot be compared at one rate, and a sweep has not been made.</summary>
    public IReadOnlyDictionary<string, double> LearningRates { get; init; } = new Dictionary<string, double>
    {
        ["fedpeft-adapter"] = 5e-3, ["fedpeft-bias"] = 1e-2, ["fedpeft-full"] = 1e-3, ["fedpeft-head"] = 1e-2, ["fedpeft-lora"] = 5e-3, ["fedpeft-prompt"] = 1e-2,
    };
}
