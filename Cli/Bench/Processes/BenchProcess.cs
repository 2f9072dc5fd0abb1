using System.Diagnostics;
using Federated.Server.Hosting;

namespace Federated.Cli.Bench.Processes;

/// <summary>A process of a benchmark: started, killed and started again at will; it ends with us however we end.</summary>
sealed class BenchProcess : IDisposable
{
    readonly Func<ProcessStartInfo> _start;
    readonly string _log;
    Process? _process;

    /// <param name="name">For people, and of the log file.</param>
    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where the log goes.</param>
    public BenchProcess(string name, string program, IReadOnlyList<string> arguments, string folder)
    {
        Name = name;
        _log = Path.Combine(folder, name + ".log");
        // The shell gives it the log file as its output and is gone: to read lines here would take processor time from what is measured.
        _start = () => new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >> \"$0\" 2>&1", _log, program, .. arguments])
        {
            RedirectStandardInput = true, Environment = { [ParentPipe.Variable] = "1", ["OMP_NUM_THREADS"] = "1" },
        };
    }

    public string Name { get; }

    public int? Id => _process is { HasExited: false } running ? running.Id : null;

    /// <summary>Processor time that this start has used.</summary>
    public TimeSpan ProcessorTime => _process is { HasExited: false } running ? running.TotalProcessorTime : TimeSpan.Zero;

    public void Start()
    {
        _process?.Dispose();
        _process = Process.Start(_start()) ?? throw new InvalidOperationException($"{Name} did not start.");
    }

    /// <summary>SIGKILL; false when it had ended.</summary>
    public bool Kill()
    {
        if (_process is not { HasExited: false } running)
            return false;
        running.Kill();
        running.WaitForExit();
        return true;
    }

    /// <summary>Largest resident memory so far, in bytes; 0 when it has ended.</summary>
    public long PeakMemory()
    {
        if (Id is not { } id)
            return 0;
        var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(6, line.Length - 9).Trim(), System.Globalization.CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>What it said last, for an error message.</summary>
    public string LastLines() => File.Exists(_log) ? string.Join(" | ", File.ReadLines(_log).TakeLast(3)) : "";

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
    }
}
