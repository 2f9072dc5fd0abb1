using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federated.Privacy.Mechanisms;

/// <summary>
/// The key of one fold's noise: HKDF-SHA256 over a secret and everything that determines the fold. The same fold draws the same noise after any crash; two
/// folds, two tensors or two passes never share one.
/// </summary>
public sealed class NoiseKey
{
    const int KeyBytes = 32;
    static readonly byte[] Salt = "federated.noise.v1"u8.ToArray();

    readonly byte[] _fold;

    /// <summary>The key of a fold.</summary>
    /// <param name="secret">The run's secret, 32 bytes or more, known to nobody else.</param>
    /// <param name="context">What determines the fold, in order: digests of RunSpec, RoundPlan, parent version, state, accepted set, rules.</param>
    public NoiseKey(ReadOnlySpan<byte> secret, params IReadOnlyList<string> context)
    {
        if (secret.Length < KeyBytes)
            throw new ArgumentException($"The secret has {secret.Length} bytes; {KeyBytes} are the least.", nameof(secret));
        _fold = Derive(secret, context);
    }

    /// <summary>The noise of one sum of the fold.</summary>
    /// <param name="name">The tensor or group.</param>
    /// <param name="pass">0 for what is no pass over the clients.</param>
    public GaussianStream Stream(string name, int pass) => new(Derive(_fold, [name, pass.ToString(System.Globalization.CultureInfo.InvariantCulture)]));

    static byte[] Derive(ReadOnlySpan<byte> secret, IReadOnlyList<string> context)
    {
        // Each part with its length, so that no two contexts run together.
        using var info = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in context)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            info.Write(length);
            info.Write(bytes);
        }
        var key = new byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, Salt, info.ToArray());
        return key;
    }
}
