using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Digests;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Versions and strategy states as blobs, and back.</summary>
static class GroupFiles
{
    /// <summary>Each group's tensors as a safetensors file of their own, so that an unchanged group keeps its digest.</summary>
    public static IReadOnlyList<GroupBytes> Write(AdapterTensors version) =>
        [.. version.Layout.Groups.Select(g => WriteGroup(version, g))];

    /// <exception cref="FaultException">A blob is missing or corrupt.</exception>
    public static AdapterTensors Read(IBlobStore blobs, AdapterLayout layout, VersionInfo version)
    {
        var tensors = new AdapterTensors(layout);
        foreach (var (group, blob) in layout.Groups.Zip(version.Groups))
        {
            using var file = Open(blobs.ReadAll(blob.Digest), $"group '{blob.Group}'");
            foreach (var tensor in group.Tensors)
                Copy(file, tensor, tensors[tensor]);
        }
        return tensors;
    }

    /// <summary>Version 0 as the operator uploaded it: one file with every tensor of the layout, the offsets it starts with, and nothing else.</summary>
    /// <exception cref="FaultException">It does not fit the layout.</exception>
    public static AdapterVersion ReadWhole(byte[] bytes, AdapterLayout layout)
    {
        using var file = Open(bytes, "version0");
        var unknown = file.Tensors.FirstOrDefault(t => layout.Find(t.Name) is null && !AdapterVersionFile.IsOffset(t.Name));
        if (unknown is not null)
            throw new FaultException(Fault.BlobsDoNotFit, $"version0 has the tensor '{unknown.Name}', which the schema does not enable.");
        var tensors = new AdapterTensors(layout);
        foreach (var tensor in layout.Tensors)
            Copy(file, tensor, tensors[tensor]);
        if (!tensors.Values.ContainsOnlyFinite())
            throw new FaultException(Fault.BlobsDoNotFit, "version0 has values that are not finite.");
        return new AdapterVersion(tensors, ReadOffsets(file, layout));
    }

    static IReadOnlyList<OffsetFactor> ReadOffsets(SafetensorsFile file, AdapterLayout layout)
    {
        try
        {
            var offsets = AdapterVersionFile.Read(file, layout).Offsets;
            return offsets.All(o => float.IsFinite((float)o.Scale) && o.Left.All(float.IsFinite) && o.Right.All(float.IsFinite)) ? offsets
                : throw new FormatException("version0 has an offset that is not finite.");
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    /// <summary>Each frozen factor as a blob of its own, so that a client fetches only those it lacks.</summary>
    public static IReadOnlyList<GroupBytes> Write(IReadOnlyList<OffsetFactor> offsets) => [.. offsets.Select(WriteOffset)];

    /// <exception cref="FaultException">A blob is missing or corrupt, or fits no group.</exception>
    public static IReadOnlyList<OffsetFactor> ReadOffsets(IBlobStore blobs, AdapterLayout layout, VersionInfo version) =>
        [.. version.Offsets.Select(o => ReadOffset(blobs.ReadAll(o.Digest), layout.Groups.FirstOrDefault(g => g.Group.Name == o.Group), o.Group))];

    /// <summary>Null where there is nothing to remember.</summary>
    public static byte[]? WriteState(StrategyState state)
    {
        if (!state.Tensors.Any())
            return null;
        using var bytes = new MemoryStream();
        StrategyStateFile.Write(bytes, state);
        return bytes.ToArray();
    }

    /// <exception cref="FaultException">The blob is missing or corrupt.</exception>
    public static StrategyState ReadState(IBlobStore blobs, string? digest)
    {
        if (digest is null)
            return StrategyState.Empty;
        using var file = Open(blobs.ReadAll(digest), "strategy state");
        try
        {
            return StrategyStateFile.Read(file);
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    static GroupBytes WriteGroup(AdapterTensors version, LayoutGroup group)
    {
        var bytes = File(group.Tensors.Select(t => Content(t.Name, t.Shape, version[t])));
        return new GroupBytes(group.Group.Name, bytes, TreeDigest.Of(bytes));
    }

    static GroupBytes WriteOffset(OffsetFactor offset)
    {
        var bytes = OffsetFile.Write(offset);
        return new GroupBytes(offset.Group, bytes, TreeDigest.Of(bytes));
    }

    static OffsetFactor ReadOffset(byte[] bytes, LayoutGroup? group, string name)
    {
        try
        {
            return OffsetFile.Read(bytes, group ?? throw new FormatException($"The version has an offset of group '{name}', which its plan does not enable."));
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    static SafetensorsFile Open(byte[] bytes, string what)
    {
        try
        {
            return new SafetensorsFile(new MemorySpanSource(bytes), what);
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    static void Copy(SafetensorsFile file, LayoutTensor tensor, Span<float> into)
    {
        var entry = file.Find(tensor.Name)
            ?? throw new FaultException(Fault.BlobsDoNotFit, $"The tensor '{tensor.Name}' is missing.");
        if (entry.Type != TensorType.F32 || !entry.Shape.SequenceEqual(tensor.Shape.Select(s => (long)s)))
            throw new FaultException(Fault.BlobsDoNotFit, $"The tensor '{tensor.Name}' is {entry.Type} [{string.Join(", ", entry.Shape)}]; F32 [{string.Join(", ", tensor.Shape)}] is expected.");
        file.ReadSingles(entry, 0, into);
    }

    static TensorContent Content(string name, IReadOnlyList<int> shape, ReadOnlySpan<float> values) =>
        new(name, TensorType.F32, [.. shape.Select(s => (long)s)], MemoryMarshal.AsBytes(values).ToArray());

    static byte[] File(IEnumerable<TensorContent> tensors)
    {
        using var bytes = new MemoryStream();
        SafetensorsWriter.Write(bytes, tensors);
        return bytes.ToArray();
    }

    static bool ContainsOnlyFinite(this ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }
        return true;
    }
}
