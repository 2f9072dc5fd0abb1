namespace Federated.Aggregators.Adapters;

/// <summary>What an update says about one tensor before its bytes come.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Encoding">How its bytes are written.</param>
/// <param name="Bytes">How many follow.</param>
public sealed record TensorHeader(string Name, IReadOnlyList<int> Shape, TensorEncoding Encoding, long Bytes);
