namespace Federated.Server.Storage;

/// <summary>The updates' byte strings: received piece by piece, kept until the fold no longer needs them.</summary>
interface IUpdateSpools
{
    /// <summary>Resumes what is there of this byte string, or begins it.</summary>
    Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping);

    /// <summary>A verified update's bytes, which may still be on their way to the disk.</summary>
    /// <exception cref="Faults.FaultException">They are gone or have the wrong length.</exception>
    IStoredBytes Read(SpoolKey key);

    /// <summary>Deletes the spools of a run's rounds up to and including this one. Whoever still reads one may read on.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    Task DeleteThroughAsync(string run, int round);

    /// <summary>Gives back what was kept for spools to come; called when a run has ended.</summary>
    void Trim()
    {
    }
}
