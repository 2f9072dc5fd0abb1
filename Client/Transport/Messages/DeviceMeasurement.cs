using Federated.Client.Devices;

namespace Federated.Client.Transport.Messages;

/// <summary>What a site measured, with its device's memory and link.</summary>
/// <param name="MemoryBytes">What the process may use.</param>
/// <param name="UpBytesPerSecond">0 where unknown.</param>
/// <param name="DownBytesPerSecond">0 where unknown.</param>
/// <param name="Site">Steps, base and importance.</param>
public sealed record DeviceMeasurement(long MemoryBytes, double UpBytesPerSecond, double DownBytesPerSecond, SiteMeasurement Site);

/// <param name="Seconds">Of all local steps.</param>
/// <param name="PeakBytes">Largest resident memory meanwhile; 0 where the system does not say.</param>
public sealed record TrainCost(double Seconds, long PeakBytes);
