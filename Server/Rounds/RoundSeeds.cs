using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federated.Server.Rounds;

/// <summary>Derives seeds from the run's seed, so that a round's repetition, in whichever attempt, trains the same.</summary>
static class RoundSeeds
{
    public static ulong For(ulong runSeed, int round, string client)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"federated.seed.v1|{runSeed}|{round}|{client}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
