using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Federated.Server.Faults;

namespace Federated.Server.Privacy;

/// <summary>Secrets of a simulation, derived from its seed so that it repeats: no real data stands behind them.</summary>
sealed class MemoryRunSecrets(ulong seed) : IRunSecrets
{
    readonly ConcurrentDictionary<string, byte[]> _secrets = new(StringComparer.Ordinal);

    public void Create(string run) => _secrets.TryAdd(run, SHA256.HashData(Encoding.UTF8.GetBytes($"federated.simulated-secret.v1|{seed}|{run}")));

    public byte[] Read(string run) => _secrets.GetValueOrDefault(run)
        ?? throw new FaultException(Fault.SecretLost, $"The secret of run '{run}' is gone; without it the run's noise cannot be drawn as before.");
}
