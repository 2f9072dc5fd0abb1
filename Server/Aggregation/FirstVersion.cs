using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>What a run starts from, read part by part.</summary>
abstract class FirstVersion : IDisposable
{
    /// <summary>Frozen factors that come with it.</summary>
    public virtual IReadOnlyList<OffsetFactor> Offsets => [];

    /// <summary>As the operator uploaded it: one file with every tensor of the layout, the offsets it starts with, and nothing else.</summary>
    /// <exception cref="FaultException">It is missing, corrupt, or does not fit the layout.</exception>
    public static FirstVersion OfBlob(IBlobStore blobs, string digest, AdapterLayout layout)
    {
        var bytes = blobs.Open(digest);
        try
        {
            return new Uploaded(bytes, layout);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Another run's version in this run's shapes; what it lacks is zero.</summary>
    public static FirstVersion OfVersion(IBlobStore blobs, AdapterLayout layout, VersionInfo version) => new Published(blobs, layout, version);

    /// <summary>The values of a part of the run's layout.</summary>
    /// <exception cref="FaultException">A tensor is missing, of another shape, or not finite.</exception>
    public abstract AdapterTensors Read(AdapterLayout part);

    public virtual void Dispose()
    {
    }

    sealed class Uploaded : FirstVersion
    {
        readonly IStoredBytes _bytes;
        readonly SafetensorsFile _file;

        public Uploaded(IStoredBytes bytes, AdapterLayout layout)
        {
            (_bytes, _file) = (bytes, GroupFiles.Open(bytes, "version0"));
            if (_file.Tensors.FirstOrDefault(t => layout.Find(t.Name) is null && !AdapterVersionFile.IsOffset(t.Name)) is { } unknown)
                throw new FaultException(Fault.BlobsDoNotFit, $"version0 has the tensor '{unknown.Name}', which the schema does not enable.");
            Offsets = _file.Tensors.Any(t => AdapterVersionFile.IsOffset(t.Name)) ? ReadOffsets(layout) : [];
        }

        public override IReadOnlyList<OffsetFactor> Offsets { get; }

        public override AdapterTensors Read(AdapterLayout part)
        {
            var tensors = new AdapterTensors(part);
            foreach (var tensor in part.Tensors)
            {
                var entry = GroupFiles.Copy(_file, tensor, tensors[tensor]);
                _bytes.Release(entry.Offset, entry.Bytes);
                if (!ContainsOnlyFinite(tensors[tensor]))
                    throw new FaultException(Fault.BlobsDoNotFit, "version0 has values that are not finite.");
            }
            return tensors;
        }

        // The file owns the bytes.
        public override void Dispose() => _file.Dispose();

        IReadOnlyList<OffsetFactor> ReadOffsets(AdapterLayout layout)
        {
            try
            {
                var offsets = AdapterVersionFile.Read(_file, layout).Offsets;
                return offsets.All(o => float.IsFinite((float)o.Scale) && o.Left.All(float.IsFinite) && o.Right.All(float.IsFinite)) ? offsets
                    : throw new FormatException("version0 has an offset that is not finite.");
            }
            catch (FormatException e)
            {
                throw new FaultException(Fault.BlobsDoNotFit, e.Message, e);
            }
        }

        static bool ContainsOnlyFinite(ReadOnlySpan<float> values)
        {
            foreach (var value in values)
            {
                if (!float.IsFinite(value))
                    return false;
            }
            return true;
        }
    }

    sealed class Published(IBlobStore blobs, AdapterLayout layout, VersionInfo version) : FirstVersion
    {
        public override AdapterTensors Read(AdapterLayout part) =>
            AdapterParts.Within(layout, part) is { } own ? GroupFiles.Read(blobs, own, version).Reshape(part) : new AdapterTensors(part);
    }
}
