namespace Federated.Aggregators.Adapters;

/// <summary>A place in the base model.</summary>
/// <param name="Kind">What is there.</param>
/// <param name="Path">The module's dotted name in the base model, for instance <c>vit.encoder.layer.0.output.dense</c>.</param>
public sealed record Site(SiteKind Kind, string Path);
