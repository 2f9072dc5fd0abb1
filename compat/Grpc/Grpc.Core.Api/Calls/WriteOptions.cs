namespace Grpc.Core;

[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait in a buffer: more follows soon.</summary>
    BufferHint = 0x1,

    /// <summary>This message is sent uncompressed even where the call negotiated compression.</summary>
    NoCompress = 0x2,
}

public class WriteOptions(WriteFlags flags = default)
{
    public static readonly WriteOptions Default = new();

    public WriteFlags Flags { get; } = flags;
}
