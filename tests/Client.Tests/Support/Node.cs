using System.Diagnostics;

namespace Federated.Client.Tests.Support;

/// <summary>Node with the packages of tests/Interop.</summary>
static class Node
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs a script of tests/Interop on an input.</summary>
    public static async Task<string> RunAsync(string script, string input)
    {
        var folder = Path.Combine(Repository.Root, "tests", "Interop");
        var start = new ProcessStartInfo("node", [Path.Combine(folder, script)]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
