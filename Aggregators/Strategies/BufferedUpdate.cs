using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>One update in an asynchronous buffer.</summary>
/// <param name="ClientId">Who sent it.</param>
/// <param name="Assignment">Which assignment it answers; with <paramref name="ClientId"/> unique in a buffer.</param>
/// <param name="Samples">Training examples that the client reported, 0 or more.</param>
/// <param name="StartVersion">Number of the version that the client started from.</param>
/// <param name="Layout">The client's full layout.</param>
/// <param name="Delta">Its decoded delta.</param>
public sealed record BufferedUpdate(string ClientId, string Assignment, double Samples, long StartVersion, AdapterLayout Layout, IDeltaSource Delta);
