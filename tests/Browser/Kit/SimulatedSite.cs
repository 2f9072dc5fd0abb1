using Federated.Protos.V1;
using Server.Tests.Kit;

namespace Browser.Tests.Kit;

/// <summary>
/// A site that trains nothing but behaves as one that does: it tells its progress, takes a little time for each phase, sends an update of
/// the right shape, and its held-out accuracy climbs.
/// </summary>
sealed class SimulatedSite(string id, string address, TestAdapter adapter, TimeSpan pace) : IAsyncDisposable
{
    const ulong Held = 200;
    const uint Steps = 4;

    readonly GrpcWire _wire = new(address);
    readonly CancellationTokenSource _stopping = new();
    Task _running = Task.CompletedTask;

    public string Id => id;

    public void Start() => _running = PersistAsync();

    // The server says goodbye when it stops or when an operator sends the client away for a moment; a daemon comes back.
    async Task PersistAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(_stopping.Token);
            }
            catch (Exception) when (!_stopping.IsCancellationRequested)
            {
                await Task.Delay(pace, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ServeAsync(CancellationToken stopping)
    {
        var client = new SyntheticClient(id, _wire, adapter) { EvaluationSamples = Held };
        var stream = _wire.Connect(client.Token, stopping);
        Task Say(ClientMessage message) => stream.WriteAsync(message, stopping);
        await Say(new ClientMessage { Hello = client.Hello() });
        while (await stream.ReadAsync(stopping) is { } message)
        {
            foreach (var offer in message.Welcome?.Runs ?? [])
                await Say(new ClientMessage { Join = client.Join(offer) });
            if (message.Offer is { } late)
                await Say(new ClientMessage { Join = client.Join(late) });
            if (message.Assignment is { Kind: AssignmentKind.Train } train)
                await TrainAsync(client, train, Say, stopping);
            if (message.Assignment is { Kind: AssignmentKind.Evaluate } evaluate)
                await Say(new ClientMessage { Evaluation = Evaluate(evaluate) });
        }
    }

    async Task TrainAsync(SyntheticClient client, Assignment train, Func<ClientMessage, Task> say, CancellationToken stopping)
    {
        Task Tell(string phase, uint step) =>
            say(new ClientMessage { Progress = new Progress { AssignmentId = train.AssignmentId, Phase = phase, Step = step, Steps = Steps, Loss = Loss(train.Round) } });
        await Tell("download", 0);
        await Task.Delay(pace, stopping);
        for (uint step = 1; step <= Steps; step++)
        {
            await Tell("train", step);
            await Task.Delay(pace, stopping);
        }
        await Tell("encode", Steps);
        var (open, bytes) = client.Update(train);
        await Tell("upload", Steps);
        await _wire.UploadAsync(client.Token, open, bytes, stopping);
    }

    static EvaluationResult Evaluate(Assignment evaluate) => new()
    {
        AssignmentId = evaluate.AssignmentId, Samples = Held, Correct = (ulong)(Held * (0.94 - 0.6 / (1 + 0.5 * evaluate.Round))), LossSum = Held * Loss(evaluate.Round),
    };

    static double Loss(uint round) => 0.25 + 1.9 / (1 + 0.4 * round);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _wire.Dispose();
        _stopping.Dispose();
    }
}
