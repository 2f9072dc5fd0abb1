using System.Diagnostics;
using System.Globalization;

namespace Federated.Bench.Torch;

/// <summary>step.py in Debian's Python, with the same one thread.</summary>
sealed class PythonPeer : IDisposable
{
    const string Interpreter = "/usr/bin/python3";

    readonly Process _process;

    public PythonPeer()
    {
        var start = new ProcessStartInfo(Interpreter, [Path.Combine(AppContext.BaseDirectory, "step.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Interpreter} did not start.");
    }

    public double Loss { get; private set; }

    public double Seconds(string request)
    {
        _process.StandardInput.WriteLine(request);
        var answer = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException("step.py ended: it needs Debian's python3-torch.");
        Loss = double.Parse(answer[1], CultureInfo.InvariantCulture);
        return double.Parse(answer[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
