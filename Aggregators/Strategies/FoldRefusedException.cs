namespace Federated.Aggregators.Strategies;

/// <summary>The contributions cannot be folded; nothing was published. The message names the thing, its value and the limit.</summary>
public sealed class FoldRefusedException(string message) : InvalidOperationException(message);
