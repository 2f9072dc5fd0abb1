using System.Diagnostics;

namespace Federated.Formats.Tests.Shared;

/// <summary>Debian's Python with torch: an independent reader and writer.</summary>
static class Python
{
    const string Executable = "/usr/bin/python3";

    public static bool HasTorch { get; } = File.Exists(Executable) && Run(out _, "-c", "import torch");

    public static string Output(params string[] arguments) => Run(out var output, arguments) ? output : throw new InvalidOperationException(output);

    static bool Run(out string output, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output += errors.Result;
        return process.ExitCode == 0;
    }
}
