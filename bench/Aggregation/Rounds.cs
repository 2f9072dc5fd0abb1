using System.Diagnostics;

namespace Federated.Bench.Aggregation;

/// <summary>Measures sides in turn, round after round.</summary>
static class Rounds
{
    const double WarmUp = 1.5;

    /// <summary>Whether <see cref="Seconds"/> are the processor time of all threads of this process.</summary>
    public static bool Cpu { get; set; }

    /// <summary>Seconds per round [side][round]. Before the first, each side runs until it is warm: twice at least, and long enough for the compiler's last tier.</summary>
    public static double[][] Measure(int rounds, params Func<double>[] sides)
    {
        foreach (var side in sides)
        {
            var clock = Stopwatch.StartNew();
            for (var call = 0; call < 2 || clock.Elapsed.TotalSeconds < WarmUp; call++) side();
        }
        var seconds = sides.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var side = 0; side < sides.Length; side++) seconds[side][round] = sides[side]();
        }
        return seconds;
    }

    public static double Seconds(Action action)
    {
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        action();
        return Cpu ? (Environment.CpuUsage.TotalTime - cpu).TotalSeconds : clock.Elapsed.TotalSeconds;
    }
}
