namespace Federated.Cli.Demo;

/// <summary>Seconds per stage, so that an overrun has a name.</summary>
sealed class StageClock(TimeProvider clock)
{
    readonly List<Stage> _stages = [];

    public IReadOnlyList<Stage> Stages => _stages;

    public async Task<T> MeasureAsync<T>(string stage, Func<Task<T>> work)
    {
        var start = clock.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            _stages.Add(new(stage, clock.GetElapsedTime(start).TotalSeconds));
        }
    }

    public Task MeasureAsync(string stage, Func<Task> work) => MeasureAsync(stage, async () =>
    {
        await work();
        return true;
    });
}
