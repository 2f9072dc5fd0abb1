using System.Diagnostics;

namespace Federation.Tests.Support;

/// <summary>One run of <c>federated</c> as a person would start it: what it printed and its exit code.</summary>
sealed record Invocation(int ExitCode, string[] Errors, string Output)
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task<Invocation> OfAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "federated"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        return new(process.ExitCode, (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries), await output);
    }

    /// <summary>One line on standard error, with a stable code and the words, and this exit code.</summary>
    public void Fails(int exitCode, string code, params string[] words)
    {
        var line = Assert.Single(Errors);
        Assert.StartsWith($"error {code}: ", line);
        Assert.All(words, word => Assert.Contains(word, line));
        Assert.Equal(exitCode, ExitCode);
        Assert.DoesNotContain("   at ", Output);
    }
}
