using Federated.Client.Faults;

namespace Federated.Client.Peft.Lora;

/// <summary>Options of the methods whose tensors are LoRA's.</summary>
/// <param name="Rank"><c>r</c>, 1 to 4096; default 8.</param>
/// <param name="Alpha"><c>alpha</c>, above 0; default 8. The scale is alpha / r.</param>
/// <param name="RsLora"><c>rslora</c>, true or false; with true the scale is alpha / sqrt(r).</param>
/// <param name="Targets"><c>targets</c>: matrices by the end of their dotted path, commas between; default the model's own choice.</param>
public sealed record LoraOptions(int Rank, double Alpha, bool RsLora, IReadOnlyList<string> Targets)
{
    /// <exception cref="ClientFault">F522: an option is unknown or out of range.</exception>
    public static LoraOptions Read(MethodOptions options, IReadOnlyList<string> targets)
    {
        var read = new LoraOptions(
            options.Integer("r", 8, 1, 4096),
            options.Positive("alpha", 8, 1e6),
            options.Choice("rslora", "false", "false", "true") == "true",
            Peft.Targets.Read(options, "targets", targets));
        options.Done();
        return read.Targets.Count > 0 ? read : throw ClientFaults.Method($"Option targets of method '{options.Method}' names no matrix.");
    }
}
