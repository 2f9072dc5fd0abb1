using System.Diagnostics;
using System.Globalization;

namespace Federated.Bench.Aggregation;

/// <summary>PyTorch and numpy in a process of their own, asked for one measurement at a time so that both sides see the same machine.</summary>
sealed class Peer : IDisposable
{
    const string Executable = "/usr/bin/python3";

    readonly Process _process;

    Peer(Process process) => _process = process;

    public static Peer Start(int threads, bool cpu)
    {
        if (!File.Exists(Executable)) throw new FileNotFoundException($"{Executable} is missing; Debian's python3-torch and python3-numpy are needed.");
        var start = new ProcessStartInfo(Executable, [Path.Combine(AppContext.BaseDirectory, "peer.py"), threads.ToString(CultureInfo.InvariantCulture), cpu ? "cpu" : "wall"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" })
            start.Environment[name] = threads.ToString(CultureInfo.InvariantCulture);
        // glibc would give every large tensor back to the system and fault it in again: half of the dense way's time, which is not the method's fault.
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = start.Environment["MALLOC_TRIM_THRESHOLD_"] = "8589934592";
        return new Peer(Process.Start(start)!);
    }

    /// <summary>Seconds of one call; data are made before and not counted.</summary>
    public double Measure(string what, params int[] numbers)
    {
        _process.StandardInput.WriteLine($"{what} {string.Join(' ', numbers)}");
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The Python side ended while measuring '{what}'.");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
