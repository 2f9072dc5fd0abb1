namespace Federated.Client.Transport.Messages;

public enum UploadResult
{
    Accepted,
    Rejected,
    Discarded,
    Restart,
}
