namespace Federated.Cli.Simulation.Network;

/// <summary>
/// One direction of a client's line: messages leave one after another at its bandwidth and arrive a latency later, in order. A lost
/// packet is sent again after a retransmission time-out; nothing gets through a partition, and what was sent meanwhile arrives after it.
/// </summary>
sealed class Wire(LineSettings line, double bytesPerSecond, SimulatedClock clock, Random random)
{
    /// <summary>TCP's initial retransmission time-out (RFC 6298).</summary>
    static readonly TimeSpan Retransmission = TimeSpan.FromSeconds(1);

    /// <summary>Frame headers of HTTP/2, TLS and TCP around a message.</summary>
    const int Overhead = 64;

    long _free, _lastArrival;

    public long Bytes { get; private set; }

    /// <summary>Puts a message on the line; when it has left, and when it arrives, in ticks.</summary>
    public (long Left, long Arrives) Send(int bytes)
    {
        var size = bytes + Overhead;
        Bytes += size;
        var now = clock.GetTimestamp();
        var seconds = bytesPerSecond > 0 ? size / bytesPerSecond : 0;
        _free = Math.Max(_free, now) + TimeSpan.FromSeconds(seconds).Ticks;
        var latency = TimeSpan.FromMilliseconds(line.LatencyMs + line.JitterMs * random.NextDouble());
        for (var lost = 0; lost < 8 && random.NextDouble() < line.Loss; lost++)
            latency += Retransmission * (1 << lost);
        _lastArrival = Math.Max(_lastArrival, AfterPartition(_free + latency.Ticks));
        return (_free, _lastArrival);
    }

    long AfterPartition(long arrives)
    {
        foreach (var (from, until) in line.Partitions)
        {
            if (arrives >= from.Ticks && arrives < until.Ticks)
                arrives = until.Ticks + TimeSpan.FromMilliseconds(line.LatencyMs).Ticks;
        }
        return arrives;
    }
}
