namespace Federated.Server.Transport;

/// <summary>What a client may send. docs/protocol.md states the same numbers.</summary>
static class ProtocolLimits
{
    public const int Version = 1;
    public const int ControlMessageBytes = 1 << 16;
    public const int UploadFrameBytes = (1 << 20) + (1 << 12);
    public const int HeaderBytes = 1 << 20;
    public const int ChunkBytes = 1 << 18;
    public const int BlobsPerDownload = 1024;
    public const long UpdateBytes = 1L << 30;
    public const int ShortText = 128;
    public const int LongText = 1024;
    public const int Encodings = 16;
    public const int Methods = 64;
    public const int PendingAssignments = 256;
    public const int Tensors = 1 << 17;
    public const int TensorName = 512;
    public const int TensorAxes = 8;
    public const int Metrics = 64;
    public const long Samples = 1L << 40;
    public const int UploadsPerClient = 4;
    public const int JoinedRuns = 256;
}
