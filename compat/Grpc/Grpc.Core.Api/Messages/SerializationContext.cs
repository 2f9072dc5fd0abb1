using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts one message: either a finished array, or a length, then a buffer writer, then complete.</summary>
public abstract class SerializationContext
{
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    public virtual void Complete() => throw new NotSupportedException();

    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    public virtual void SetPayloadLength(int payloadLength) { }
}
