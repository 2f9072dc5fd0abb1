using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
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
    // Most that a tensor's entry of the header takes, but for uncommonly long names.
    const int HeaderBytes = 256;

    /// <summary>Adds each group's tensors as a safetensors file of their own, so that an unchanged group keeps its digest.</summary>
    public static IReadOnlyList<GroupInfo> Write(IBlobBatch batch, AdapterTensors version) =>
        [.. version.Layout.Groups.Select(g => Add(batch, g.Group.Name, Encode(version, g)))];

    /// <summary>A group's file.</summary>
    public static ReadOnlyMemory<byte> Encode(AdapterTensors version, LayoutGroup group)
    {
        List<TensorForm> forms = [.. group.Tensors.Select(t => new TensorForm(t.Name, TensorType.F32, [.. t.Shape.Select(s => (long)s)]))];
        // Of the right size at once: a large group would be copied again and again while it grows.
        using var bytes = new MemoryStream(HeaderBytes * (forms.Count + 1) + (int)forms.Sum(t => t.Bytes));
        SafetensorsWriter.Write(bytes, forms, name => MemoryMarshal.AsBytes(version[group.Tensors.First(t => t.Name == name)]));
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>The groups of a layout, which may be a part of the version's.</summary>
    /// <param name="blobs">Where they lie.</param>
    /// <param name="layout">What is read.</param>
    /// <param name="version">Whose.</param>
    /// <param name="spare">Has an array for the values; null makes one.</param>
    /// <exception cref="FaultException">A blob is missing or corrupt.</exception>
    public static AdapterTensors Read(IBlobStore blobs, AdapterLayout layout, VersionInfo version, SpareArrays<float>? spare = null)
    {
        var (tensors, digests) = (spare is null ? new AdapterTensors(layout) : new AdapterTensors(layout, spare.Take((int)layout.TotalElements)), version.Groups.ToDictionary(g => g.Group, g => g.Digest, StringComparer.Ordinal));
        foreach (var group in layout.Groups)
        {
            using var file = Open(blobs.Open(digests[group.Group.Name]), $"group '{group.Group.Name}'");
            foreach (var tensor in group.Tensors)
                Copy(file, tensor, tensors[tensor]);
        }
        return tensors;
    }

    /// <summary>One tensor of a version.</summary>
    /// <exception cref="FaultException">Its blob is missing or corrupt.</exception>
    public static float[] ReadTensor(IBlobStore blobs, AdapterLayout layout, VersionInfo version, LayoutTensor tensor)
    {
        var (values, group) = (new float[tensor.Elements], layout.Groups[tensor.Group].Group.Name);
        using var file = Open(blobs.Open(version.Groups.First(g => g.Group == group).Digest), $"group '{group}'");
        Copy(file, tensor, values);
        return values;
    }

    /// <summary>Adds each frozen factor as a blob of its own, so that a client fetches only those it lacks.</summary>
    public static IReadOnlyList<GroupInfo> Write(IBlobBatch batch, IReadOnlyList<OffsetFactor> offsets) => [.. offsets.Select(o => Add(batch, o.Group, OffsetFile.Write(o)))];

    /// <exception cref="FaultException">A blob is missing or corrupt, or fits no group.</exception>
    public static IReadOnlyList<OffsetFactor> ReadOffsets(IBlobStore blobs, AdapterLayout layout, VersionInfo version) =>
        [.. version.Offsets.Select(o => ReadOffset(blobs.ReadAll(o.Digest), layout.Groups.FirstOrDefault(g => g.Group.Name == o.Group), o.Group))];

    /// <summary>Adds what a strategy remembers and returns its digest; null where there is nothing to remember.</summary>
    public static string? WriteState(IBlobBatch batch, StrategyState state)
    {
        if (!state.Tensors.Any())
            return null;
        using var bytes = new MemoryStream();
        StrategyStateFile.Write(bytes, state);
        return batch.Add(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <exception cref="FaultException">The blob is missing or corrupt.</exception>
    public static StrategyState ReadState(IBlobStore blobs, string? digest)
    {
        if (digest is null)
            return StrategyState.Empty;
        using var file = Open(new MemorySpanSource(blobs.ReadAll(digest)), "strategy state");
        try
        {
            return StrategyStateFile.Read(file);
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    static GroupInfo Add(IBlobBatch batch, string group, ReadOnlyMemory<byte> bytes) => new(group, batch.Add(bytes), bytes.Length);

    static OffsetFactor ReadOffset(ReadOnlyMemory<byte> bytes, LayoutGroup? group, string name)
    {
        try
        {
            return OffsetFile.Read(new MemorySpanSource(bytes), group ?? throw new FormatException($"The version has an offset of group '{name}', which its plan does not enable."));
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    /// <exception cref="FaultException">It is no safetensors file.</exception>
    public static SafetensorsFile Open(ISpanSource bytes, string what)
    {
        try
        {
            return new SafetensorsFile(bytes, what);
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
        }
    }

    /// <exception cref="FaultException">The tensor is missing or of another type or shape.</exception>
    public static TensorEntry Copy(SafetensorsFile file, LayoutTensor tensor, Span<float> into)
    {
        var entry = file.Find(tensor.Name)
            ?? throw new FaultException(Fault.BlobsDoNotFit, $"The tensor '{tensor.Name}' is missing.");
        if (entry.Type != TensorType.F32 || !entry.Shape.SequenceEqual(tensor.Shape.Select(s => (long)s)))
            throw new FaultException(Fault.BlobsDoNotFit, $"The tensor '{tensor.Name}' is {entry.Type} [{string.Join(", ", entry.Shape)}]; F32 [{string.Join(", ", tensor.Shape)}] is expected.");
        file.ReadSingles(entry, 0, into);
        return entry;
    }
}
