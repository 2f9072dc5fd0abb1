using System.Collections.Concurrent;
using Federated.Aggregators.Adapters;
using Federated.Formats.Safetensors;
using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Federated.Server.Privacy;

/// <summary>
/// Public candidates to measure updates against: what the first adapted product would be given for tokens of the vocabulary. A safetensors file with one fp32 tensor
/// <c>inputs</c> [count, width] of 2 to 8,192 rows.
/// </summary>
sealed record ProbePack(IReadOnlyList<float[]> Inputs)
{
    const int MostRows = 8192;

    public int Width => Inputs[0].Length;

    /// <exception cref="FaultException">The blob is missing or no probe pack.</exception>
    public static ProbePack Load(IBlobStore blobs, string digest)
    {
        try
        {
            using var file = new SafetensorsFile(new MemorySpanSource(blobs.ReadAll(digest)), "probePack");
            if (file.Find("inputs") is not { Type: TensorType.F32, Shape: [>= 2 and <= MostRows, >= 1 and <= 65_536] } inputs)
                throw new FaultException(Fault.BlobsDoNotFit, $"run.probePack has no fp32 tensor 'inputs' of 2 to {MostRows} rows.");
            return new ProbePack([.. file.ReadSingles(inputs).Chunk((int)inputs.Shape[1])]);
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }
}

/// <summary>Packs by digest, read once.</summary>
sealed class ProbePacks(IBlobStore blobs)
{
    readonly ConcurrentDictionary<string, ProbePack> _packs = new(StringComparer.Ordinal);

    /// <exception cref="FaultException">See <see cref="ProbePack.Load"/>.</exception>
    public ProbePack Get(string digest) => _packs.GetOrAdd(digest, d => ProbePack.Load(blobs, d));
}
