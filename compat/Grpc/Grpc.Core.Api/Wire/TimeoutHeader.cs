using System.Globalization;

namespace Grpc.Core.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
static class TimeoutHeader
{
    const long MaxValue = 99_999_999;

    /// <summary>The longest wait a timer of the runtime accepts, about 49 days; longer deadlines are sent but never fire.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    static readonly (char Unit, long Ticks)[] Units =
    [
        ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond), ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>Rounds up, to the finest unit from milliseconds on that fits eight digits.</summary>
    public static string Encode(TimeSpan timeout)
    {
        foreach (var (unit, ticks) in Units)
        {
            var value = Math.Max(1, (timeout.Ticks - 1) / ticks + 1);
            if (value <= MaxValue)
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
        }
        return $"{MaxValue}H";
    }

    public static bool TryDecode(string? header, out TimeSpan timeout)
    {
        timeout = default;
        if (header is not { Length: >= 2 and <= 9 }
            || !long.TryParse(header.AsSpan(0, header.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        long? ticks = header[^1] switch
        {
            'n' => value / TimeSpan.NanosecondsPerTick,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'S' => value * TimeSpan.TicksPerSecond,
            'M' => value * TimeSpan.TicksPerMinute,
            'H' => value > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerHour ? TimeSpan.MaxValue.Ticks : value * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }
}
