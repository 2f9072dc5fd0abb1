using System.Diagnostics;

namespace Federated.Client.Tests.Support;

/// <summary>Debian's Python, whose torch package serves as an independent implementation.</summary>
static class Python
{
    const string Interpreter = "/usr/bin/python3";
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
