namespace Federated.Client.Devices;

/// <summary>What a site measured before and while it trained: its device's costs, and how much each matrix matters to its data.</summary>
/// <param name="Small">A step at the smaller batch.</param>
/// <param name="Large">A step at the larger batch.</param>
/// <param name="BaseWeights">Weights of the frozen base that fewer bits would shrink.</param>
/// <param name="BaseBits">Bits per weight in which the base can be held.</param>
/// <param name="Importance">By product group; 0 or more.</param>
public sealed record SiteMeasurement(StepCost Small, StepCost Large, long BaseWeights, IReadOnlyList<int> BaseBits, IReadOnlyDictionary<string, double> Importance);
