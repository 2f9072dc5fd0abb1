using Federated.Aggregators.Adapters;

namespace Federated.Server.Storage;

/// <summary>The bytes of one update or blob, looked at in place; gone when disposed.</summary>
interface IStoredBytes : ISpanSource, IDisposable
{
    /// <summary>Says that a window was read and is not needed for now: it stops counting as this process's memory. Looking at it again is allowed.</summary>
    void Release(long offset, long length)
    {
    }
}
