namespace Federated.Cli.FedPipe;

/// <summary>The processor time that this process has used: what a step costs on one thread, however busy the machine is otherwise.</summary>
sealed class ProcessorClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
