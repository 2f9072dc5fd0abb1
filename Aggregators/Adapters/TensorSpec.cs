namespace Federated.Aggregators.Adapters;

/// <summary>A trainable tensor before the rank is known.</summary>
/// <param name="Name">The tensor's name in files and on the wire, unique in the schema; peft's own name where there is one, 1 to 512 characters.</param>
/// <param name="Role">What it is in its group: <c>lora_A</c>, <c>lora_B</c>, <c>bias</c>, <c>weight</c> ..., unique in the group.</param>
/// <param name="Shape">Row-major axes, outermost first; at most 8.</param>
public sealed record TensorSpec(string Name, string Role, IReadOnlyList<Axis> Shape);
