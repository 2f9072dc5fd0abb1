using System.Threading.Channels;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Rounds;

/// <summary>
/// Owns one run's state. Commands come through a bounded channel; those that wait together are stepped together and committed in one
/// transaction; only after the commit is the state shown, are effects carried out and senders answered.
/// </summary>
sealed class RoundLoop : IAsyncDisposable
{
    const int QueueLength = 1024;
    const int MaxBatch = 256;
    static readonly TimeSpan StoreBackOff = TimeSpan.FromSeconds(1);

    readonly RoundServices _services;
    readonly RoundEffects _effects;
    readonly ExpectedUpdates _expected;
    readonly ILogger _logger;
    readonly Channel<Envelope> _commands = Channel.CreateBounded<Envelope>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    readonly CancellationTokenSource _stopping = new();
    readonly RoundTrace _trace = new();
    readonly ITimer _timer;
    readonly List<Envelope> _again = [];
    volatile RoundSnapshot _current;
    volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task _running = Task.CompletedTask;

    public RoundLoop(RoundState state, RoundServices services)
    {
        _services = services;
        _logger = services.Loggers.CreateLogger<RoundLoop>();
        _current = new RoundSnapshot(state);
        _effects = new RoundEffects(services, _logger, Post, _stopping.Token) { Trace = _trace };
        _expected = new ExpectedUpdates(() => _current.State, _effects, services.Time);
        _timer = services.Time.CreateTimer(_ => _commands.Writer.TryWrite(new Envelope(new RoundCommand.Tick(), null)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public RoundSnapshot Current => _current;

    public void Start()
    {
        Post(new RoundCommand.Start());
        _running = RunAsync();
    }

    /// <summary>Sends a command and waits for its answer, which comes after everything that it changed is durable.</summary>
    /// <exception cref="FaultException">The store refused the commit, or the loop has ended; nothing was changed.</exception>
    public async Task<StepOutcome> SendAsync(RoundCommand command, CancellationToken stopping)
    {
        var answer = new TaskCompletionSource<StepOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _commands.Writer.WriteAsync(new Envelope(command, answer), stopping);
        }
        catch (ChannelClosedException)
        {
            throw Unavailable();
        }
        using var given = stopping.Register(() => answer.TrySetCanceled(stopping));
        return await answer.Task;
    }

    /// <summary>The answer to a command that changes nothing, from the state as it is; null where the loop itself has to take it.</summary>
    public StepOutcome? Answer(RoundCommand command)
    {
        var state = _current.State;
        var step = RoundMachine.Step(state, command, _services.Time.GetUtcNow().ToUnixTimeMilliseconds());
        return ReferenceEquals(step.State, state) && step.Rows.Count + step.Effects.Count == 0 && step.Outcome.Kind == OutcomeKind.Done ? step.Outcome : null;
    }

    /// <summary>An update that is good and will be sent as a command once it is durable, or given up before.</summary>
    public ExpectedUpdate Expect(RoundCommand.UpdateArrived update) => _expected.Add(update);

    /// <summary>Waits until the current state fulfils a condition.</summary>
    public async Task WaitAsync(Func<RoundState, bool> condition, CancellationToken stopping)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (condition(_current.State))
                return;
            await changed.WaitAsync(stopping);
        }
    }

    void Post(RoundCommand command) => _ = PostAsync(command);

    async Task PostAsync(RoundCommand command)
    {
        try
        {
            await _commands.Writer.WriteAsync(new Envelope(command, null), _stopping.Token);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The loop is over; a restart begins from the store.
        }
    }

    async Task RunAsync()
    {
        // Whoever created the run, its call is not what the run's rounds belong to.
        System.Diagnostics.Activity.Current = null;
        var batch = new List<Envelope>();
        try
        {
            while (await _commands.Reader.WaitToReadAsync(_stopping.Token))
            {
                batch.AddRange(_again);
                _again.Clear();
                while (batch.Count < MaxBatch && _commands.Reader.TryRead(out var envelope))
                    batch.Add(envelope);
                await TakeAsync(batch);
                batch.Clear();
                Arm();
            }
        }
        catch (OperationCanceledException)
        {
            Close(batch, _current.Halted);
        }
        catch (Exception e)
        {
            _logger.LoopHalted(_current.State.Run, e);
            Close(batch, new Refusal(Fault.Unexpected, "The run's loop halted; the server's log says why."));
        }
    }

    async Task TakeAsync(List<Envelope> batch)
    {
        var now = _services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var (state, rows, steps) = (_current.State, new RowBatch(), new List<StepResult>(batch.Count));
        foreach (var envelope in batch)
        {
            var step = RoundMachine.Step(state, envelope.Command, now);
            rows.AddRange(step.Rows);
            steps.Add(step);
            state = step.State;
        }
        if (rows.Changes.Count > 0)
        {
            steps.ForEach(_effects.Prepare);
            if (!await TryCommitAsync(rows.Changes, batch))
            {
                _effects.Forget();
                return;
            }
        }
        Show(state);
        // Of this method alone; the loop itself belongs to no round.
        System.Diagnostics.Activity.Current = _trace.Current;
        foreach (var (step, envelope) in steps.Zip(batch))
        {
            _effects.Report(step, envelope.Command);
            foreach (var effect in step.Effects)
                _effects.Carry(effect, step.State, now);
            envelope.Answer?.TrySetResult(step.Outcome);
        }
    }

    // The state stays as it was: senders hear of it and may try again; what only the loop knows is taken again later.
    async Task<bool> TryCommitAsync(IReadOnlyList<RowChange> changes, List<Envelope> batch)
    {
        try
        {
            await _services.Store.CommitAsync(changes, _stopping.Token);
            return true;
        }
        catch (Exception e) when (e is FaultException or IOException or UnauthorizedAccessException)
        {
            _logger.CommitRefused(_current.State.Run, e.Message, e);
            foreach (var envelope in batch)
            {
                if (envelope.Answer is { } answer)
                    answer.TrySetException(new FaultException(FaultCatalog.ToRefusal(e), e));
                else
                    _again.Add(envelope);
            }
            return false;
        }
    }

    void Show(RoundState state)
    {
        if (state.Phase != _current.State.Phase)
            _logger.PhaseEntered(state);
        _trace.Follow(_current.State, state);
        _current = new RoundSnapshot(state);
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    void Arm()
    {
        var due = Timeout.InfiniteTimeSpan;
        if (_again.Count > 0)
            due = StoreBackOff;
        else if (_current.State.NextWakeMs is { } wake)
            due = TimeSpan.FromMilliseconds(Math.Clamp(wake - _services.Time.GetUtcNow().ToUnixTimeMilliseconds(), 0, int.MaxValue));
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    void Close(List<Envelope> batch, Refusal? halted)
    {
        _commands.Writer.TryComplete();
        _current = _current with { Halted = halted };
        foreach (var envelope in batch)
            envelope.Answer?.TrySetException(Unavailable());
        while (_commands.Reader.TryRead(out var waiting))
            waiting.Answer?.TrySetException(Unavailable());
    }

    FaultException Unavailable() => new(_current.Halted ?? new Refusal(Fault.StoreUnavailable, "The server is stopping."));

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _running;
        await _effects.DrainAsync();
        await _timer.DisposeAsync();
        _trace.Dispose();
        _stopping.Dispose();
    }

    sealed record Envelope(RoundCommand Command, TaskCompletionSource<StepOutcome>? Answer);
}
