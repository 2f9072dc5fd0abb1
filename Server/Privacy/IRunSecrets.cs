using Federated.Server.Faults;

namespace Federated.Server.Privacy;

/// <summary>The secret that a run's noise derives from: made once, never shown, and never in a RunSpec, a row, an answer or a backup.</summary>
interface IRunSecrets
{
    /// <summary>Makes the secret of a new run, durably; a run that has one keeps it.</summary>
    /// <exception cref="FaultException">It cannot be written.</exception>
    void Create(string run);

    /// <exception cref="FaultException">It is lost: another one would draw a second noise for sums that were published.</exception>
    byte[] Read(string run);
}
