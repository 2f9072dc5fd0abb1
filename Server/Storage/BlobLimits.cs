namespace Federated.Server.Storage;

static class BlobLimits
{
    public const long MaxBytes = 1L << 30;
}
