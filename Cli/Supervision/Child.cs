using System.Diagnostics;
using Federated.Cli.Terminal;
using Federated.Server.Hosting;

namespace Federated.Cli.Supervision;

/// <summary>
/// One supervised process. It holds the reading end of a pipe whose other end only we hold, so that it ends when we die,
/// however we die; a process that ends by itself is started again, up to a limit, unless it says that starting it again is of
/// no use (exit codes 2 and 3).
/// </summary>
sealed class Child(ChildSpec spec, int maxRestarts, TimeProvider clock) : IAsyncDisposable
{
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    readonly CancellationTokenSource _stopping = new();
    readonly TaskCompletionSource _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Process? _process;
    Task _loop = Task.CompletedTask;

    public string Name => spec.Name;
    public string LogFile => spec.LogFile;
    public int Restarts { get; private set; }
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    /// <summary>Completes with an error when the process has ended once more than it may.</summary>
    public Task GaveUp => _gaveUp.Task;

    public void Start() => _loop = RunAsync();

    async Task RunAsync()
    {
        for (var start = 0; ; start++)
        {
            var code = await RunOnceAsync(start);
            if (_stopping.IsCancellationRequested) return;
            if (start == maxRestarts || code is ExitCode.Usage or ExitCode.Environment)
            {
                _gaveUp.TrySetException(new ChildFailedException(spec.Name, code, start, LastLine()));
                return;
            }
            Restarts++;
            await Task.Delay(TimeSpan.FromMilliseconds(200 << start), clock, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (_stopping.IsCancellationRequested) return;
        }
    }

    async Task<int> RunOnceAsync(int start)
    {
        var info = new ProcessStartInfo(spec.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in spec.Arguments(start)) info.ArgumentList.Add(argument);
        info.Environment[ParentPipe.Variable] = "1";
        // Several processes share the cores; more than one thread in each only makes them wait for each other.
        info.Environment.TryAdd("OMP_NUM_THREADS", "1");
        info.Environment.TryAdd("OPENBLAS_NUM_THREADS", "1");

        var process = Process.Start(info) ?? throw new InvalidOperationException($"'{spec.Program}' did not start.");
        _process?.Dispose();
        _process = process;
        await using (var log = new StreamWriter(new FileStream(spec.LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true })
        {
            var gate = new Lock();
            await Task.WhenAll(CopyAsync(process.StandardOutput, log, gate), CopyAsync(process.StandardError, log, gate));
        }
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    static async Task CopyAsync(StreamReader from, StreamWriter to, Lock gate)
    {
        while (await from.ReadLineAsync() is { } line)
            lock (gate) to.WriteLine(line);
    }

    string LastLine() => File.Exists(spec.LogFile)
        ? File.ReadLines(spec.LogFile).LastOrDefault(line => line.StartsWith("error", StringComparison.Ordinal)) ?? ""
        : "";

    /// <summary>Closes the pipe, which asks the process to end; ends it by force after ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_process is { } process)
        {
            try
            {
                process.StandardInput.Close();
                await _loop.WaitAsync(StopLimit, clock);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                await _loop;
            }
            catch (InvalidOperationException)
            {
                await _loop;
            }
        }
        _process?.Dispose();
        _stopping.Dispose();
    }
}
