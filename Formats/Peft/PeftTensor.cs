namespace Federated.Formats.Peft;

/// <summary>A tensor of a peft adapter, widened to fp32.</summary>
/// <param name="Name">peft's name.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Values">Row-major.</param>
public sealed record PeftTensor(string Name, IReadOnlyList<long> Shape, float[] Values);
