namespace Federated.Client.Models;

/// <summary>The matrices that methods take when nobody says which; dotted ends of paths, or whole ones.</summary>
/// <param name="Lora">Of LoRA and its relatives.</param>
/// <param name="ScaledOutputs">Whose outputs (IA)3 scales.</param>
/// <param name="ScaledInputs">Whose inputs (IA)3 scales.</param>
public sealed record DefaultTargets(IReadOnlyList<string> Lora, IReadOnlyList<string> ScaledOutputs, IReadOnlyList<string> ScaledInputs);
