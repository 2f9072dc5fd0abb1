using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>Runs every strategy of the catalogue on one fixed case and hashes everything that it returns.</summary>
static class Trial
{
    public static IEnumerable<FoldSpec> Specs()
    {
        var catalog = StrategyCatalog.Default;
        return catalog.Of(StrategyKind.Product).Select(s => new FoldSpec { Product = new(s.Name) })
            .Concat(catalog.Of(StrategyKind.Affine).Select(s => new FoldSpec { Affine = new(s.Name) }))
            .Concat(catalog.Of(StrategyKind.Weigher).Select(s => new FoldSpec { Weigher = new(s.Name), Product = new("lora-fair") }))
            .Concat(catalog.Of(StrategyKind.ServerOptimiser).Select(s => new FoldSpec { ServerOptimiser = new(s.Name) }));
    }

    public static FoldCase Case() => new(99, 9, 5, 37, [(70, 41), (33, 1100), (1030, 20)], 0.3);

    /// <summary>Two rounds, so that state takes part; deltas travel as fp16 and bf16.</summary>
    public static string Digest(FoldSpec spec, FoldLimits limits)
    {
        var c = Case();
        var fold = new Fold(StrategyCatalog.Default.Compose(spec));
        var first = fold.Run(c.Input with { Contributions = [.. c.Input.Contributions.Select((k, i) => k with { Delta = Encoded(c, i, TensorEncoding.F16) })] }, limits);
        var second = fold.Run(c.Input with
        {
            Contributions = [.. c.Input.Contributions.Select((k, i) => k with { Delta = Encoded(c, i, TensorEncoding.BF16) })],
            Previous = first.Tensors,
            State = first.State,
            Round = 1,
        }, limits);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var result in new[] { first, second })
            Append(hash, result);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Append(IncrementalHash hash, FoldResult result)
    {
        hash.AppendData(result.Tensors.Bytes);
        foreach (var offset in result.Offsets)
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(offset.Left));
            hash.AppendData(MemoryMarshal.AsBytes<float>(offset.Right));
        }
        foreach (var (_, values) in result.State.Tensors)
            hash.AppendData(MemoryMarshal.AsBytes(values.Span));
        foreach (var d in result.Diagnostics)
            hash.AppendData(MemoryMarshal.AsBytes<double>([d.BiasRatio ?? -1, d.RemovableShare ?? -1, d.ProductError ?? -1, d.GramCondition ?? -1, d.CorrectionRatio ?? -1, d.ChangeNorm, d.EffectiveRank ?? -1, d.ClientCosineMin ?? -2, d.ClientCosineMean ?? -2, d.ClientCosineMax ?? -2]));
    }

    public static EncodedDelta Encoded(FoldCase c, int client, TensorEncoding encoding)
    {
        var bytes = new byte[c.Layout.EncodedBytes(encoding)];
        var at = 0;
        foreach (var tensor in c.Layout.Tensors)
        {
            var length = DeltaCodec.EncodedBytes(encoding, tensor.Elements);
            DeltaCodec.Encode(encoding, c.Deltas[client][tensor], bytes.AsSpan(at, length));
            at += length;
        }
        return new EncodedDelta(c.Layout, encoding, new MemorySpanSource(bytes));
    }
}
