namespace Federated.Client.Data;

/// <summary>Which images of a file belong to a split: <c>Count</c> of them, from <c>From</c> on.</summary>
/// <param name="From">Index of the first image, 0 or more.</param>
/// <param name="Count">How many images are taken; 0 is all that follow.</param>
/// <param name="Pool">Out of how many they are drawn when labels are skewed; 0 is <c>Count</c>.</param>
public sealed record IndexRange(int From = 0, int Count = 0, int Pool = 0);
