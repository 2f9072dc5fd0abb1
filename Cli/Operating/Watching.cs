namespace Federated.Cli.Operating;

/// <summary>Does something again and again.</summary>
static class Watching
{
    /// <summary>At once, and then at every tick, until it is told to stop.</summary>
    public static async Task RunAsync(TimeSpan every, TimeProvider time, Func<Task> show, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(every, time);
        do await show();
        while (await timer.WaitForNextTickAsync(stop));
    }
}
