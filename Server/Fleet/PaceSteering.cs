using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federated.Server.Fleet;

/// <summary>
/// Tells each client when to come back, so that a restart of the server is not followed by everybody at once (Bonawitz et al. 2019, section 2.3,
/// gives the purpose and no formula; this one is ours).
/// </summary>
static class PaceSteering
{
    /// <summary>Clients that may come back within one second.</summary>
    const int PerSecond = 200;

    const long LeastMs = 100;
    const long MostMs = 60_000;

    /// <summary>The window over which a fleet of this size comes back, in milliseconds.</summary>
    public static long WindowMs(int clients) => Math.Clamp(clients * 1000L / PerSecond, LeastMs, MostMs);

    /// <summary>This client's place in the window: spread evenly by a hash, so that a test or a simulation sees the same one again.</summary>
    public static long DelayMs(string client, long session, int clients)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"federated.pace.v1|{client}|{session}"), hash);
        return 1 + (long)(BinaryPrimitives.ReadUInt32LittleEndian(hash) / 4294967296.0 * WindowMs(clients));
    }
}
