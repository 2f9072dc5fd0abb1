namespace Federated.Server.Storage;

/// <summary>The bytes of one update, mapped; gone when disposed.</summary>
interface IUpdateBytes : IDisposable
{
    ReadOnlyMemory<byte> Memory { get; }
}
