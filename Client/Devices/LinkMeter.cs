namespace Federated.Client.Devices;

/// <summary>Bytes and seconds of bulk transfers, from which the link's speed follows.</summary>
public sealed class LinkMeter
{
    readonly Lock _lock = new();
    (long Bytes, double Seconds) _up, _down;

    /// <summary>Bytes a second over all uploads; 0 before the first.</summary>
    public double Up => Rate(ref _up);

    /// <summary>Bytes a second over all downloads; 0 before the first.</summary>
    public double Down => Rate(ref _down);

    public void AddUp(long bytes, TimeSpan took) => Add(ref _up, bytes, took);

    public void AddDown(long bytes, TimeSpan took) => Add(ref _down, bytes, took);

    void Add(ref (long Bytes, double Seconds) sum, long bytes, TimeSpan took)
    {
        lock (_lock)
            sum = (sum.Bytes + bytes, sum.Seconds + took.TotalSeconds);
    }

    double Rate(ref (long Bytes, double Seconds) sum)
    {
        lock (_lock)
            return sum.Seconds > 0 ? sum.Bytes / sum.Seconds : 0;
    }
}
