namespace Federated.Client.Faults;

/// <summary>What a process of the client ends with.</summary>
public enum ClientExit
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    Environment = 3,
}
