namespace Federated.Client.Training;

public static class OptimizerNames
{
    public const string AdamW = "adamw";
    public const string Sgd = "sgd";

    public static IReadOnlyList<string> All { get; } = [AdamW, Sgd];
}
