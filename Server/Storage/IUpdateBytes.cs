using Federated.Aggregators.Adapters;

namespace Federated.Server.Storage;

/// <summary>The bytes of one update, mapped; gone when disposed.</summary>
interface IUpdateBytes : ISpanSource, IDisposable;
