namespace Federated.Client.Transport.Messages;

/// <summary>The device that does a client's work.</summary>
/// <param name="Kind">"cpu" or "cuda".</param>
/// <param name="Name">For people.</param>
/// <param name="MemoryBytes">What the process may use.</param>
/// <param name="Threads">Threads of tensor arithmetic.</param>
/// <param name="StepsPerSecond">Measured in this process's last training; 0 when unknown.</param>
public sealed record DeviceProfile(string Kind, string Name, long MemoryBytes, int Threads, double StepsPerSecond);
