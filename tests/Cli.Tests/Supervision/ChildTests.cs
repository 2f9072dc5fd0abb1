using Federated.Cli.Supervision;

namespace Cli.Tests.Supervision;

public sealed class ChildTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    readonly string _folder = Directory.CreateTempSubdirectory("federated-child-").FullName;

    [Fact]
    public async Task ProcessThatKeepsFailing_IsRestartedToTheLimitAndThenReportedWithItsLastError()
    {
        await using var child = Start("printf 'error F510: no such file\\n' >&2; exit 1", maxRestarts: 2);

        var failure = await Assert.ThrowsAsync<ChildFailedException>(() => child.GaveUp.WaitAsync(Limit));

        Assert.Equal(1, failure.ExitCode);
        Assert.Contains("after 2 restarts: error F510: no such file", failure.Message);
        Assert.Equal(2, child.Restarts);
        Assert.Equal(3, File.ReadAllLines(child.LogFile).Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ProcessThatSaysItCannotRunHere_IsNotRestarted(int code)
    {
        await using var child = Start($"exit {code}", maxRestarts: 3);

        var failure = await Assert.ThrowsAsync<ChildFailedException>(() => child.GaveUp.WaitAsync(Limit));

        Assert.Equal(code, failure.ExitCode);
        Assert.Equal(0, child.Restarts);
    }

    [Fact]
    public async Task ProcessThatIsKilled_IsRestarted()
    {
        var marker = Path.Combine(_folder, "started");
        await using var child = Start($"echo x >> {marker}; exec cat", maxRestarts: 3);
        var first = await RunningAsync(child, marker, lines: 1);

        System.Diagnostics.Process.GetProcessById(first).Kill();
        var second = await RunningAsync(child, marker, lines: 2);

        Assert.NotEqual(first, second);
        Assert.Equal(1, child.Restarts);
    }

    [Fact]
    public async Task Dispose_ClosesThePipe_AndTheProcessEndsByItself()
    {
        var marker = Path.Combine(_folder, "ended");
        var started = Path.Combine(_folder, "started");
        var child = Start($"echo x > {started}; cat; echo x > {marker}", maxRestarts: 0);
        await RunningAsync(child, started, lines: 1);

        await child.DisposeAsync();

        Assert.True(File.Exists(marker));
        Assert.False(child.GaveUp.IsCompleted);
    }

    Child Start(string script, int maxRestarts)
    {
        var child = new Child(new("test", "/bin/sh", _ => ["-c", script], Path.Combine(_folder, "log")), maxRestarts, TimeProvider.System);
        child.Start();
        return child;
    }

    static async Task<int> RunningAsync(Child child, string marker, int lines)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!File.Exists(marker) || File.ReadAllLines(marker).Length < lines || child.ProcessId is null)
            await Task.Delay(10, limit.Token);
        return child.ProcessId.Value;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
