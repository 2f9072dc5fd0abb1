using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Transport.Seam;

namespace Federated.Server.Transport;

/// <summary>One client's control stream from Hello to its end, over whatever carries it.</summary>
sealed class CoordinationSession(SessionServices services, IMessageStream<ClientSaid, ServerSays> stream, ClientCredential credential)
{
    const int MaxUnreadableMessages = 16;
    static readonly string[] Phases = ["download", "train", "encode", "upload", "evaluate"];

    readonly ILogger _logger = services.Loggers.CreateLogger<CoordinationSession>();

    /// <exception cref="FaultException">The stream was refused or given up; the message begins with what the other side must know.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var hello = await ReadHelloAsync(ending.Token);
        await AdmitAsync(hello, ending.Token);
        var client = services.Clients.Connect(hello, ending);
        _logger.ClientConnected(client.Id, hello.Software, client.Session);
        client.TrySend(new ServerSays.Welcome(services.Fleet.HeartbeatSeconds, services.Standings.MayJoin(client.Id) ? services.Runs.Offers(client.Id) : []));
        CancelOrphans(client);
        TellOfEndedRuns(client);
        var reason = "the stream was cut";
        try
        {
            reason = await ServeAsync(client, ending);
        }
        finally
        {
            services.Clients.Disconnect(client);
            await LeaveAllAsync(client);
            _logger.ClientDisconnected(client.Id, client.Session, client.Ended?.Message ?? reason);
        }
        if (client.Ended is { } refusal)
            throw new FaultException(refusal);
    }

    async Task<ClientSaid.Hello> ReadHelloAsync(CancellationToken stopping)
    {
        try
        {
            var first = await stream.ReadAsync(stopping).WaitAsync(TimeSpan.FromSeconds(services.Fleet.HelloSeconds), services.Time, stopping);
            return first as ClientSaid.Hello ?? throw new FaultException(Fault.MessageUnexpected, "The first message of a stream must be Hello.");
        }
        catch (TimeoutException)
        {
            throw new FaultException(Fault.ClientSilent, $"No Hello came within {services.Fleet.HelloSeconds} s.");
        }
    }

    async Task AdmitAsync(ClientSaid.Hello hello, CancellationToken stopping)
    {
        if (hello.ProtocolVersion != ProtocolLimits.Version)
            throw new FaultException(Fault.ProtocolVersion, $"The client speaks protocol version {hello.ProtocolVersion}, this server {ProtocolLimits.Version}.");
        if (await services.Tokens.CheckAsync(hello.ClientId, credential, stopping) is { } refusal)
            throw new FaultException(refusal);
    }

    // Work for runs that are over, or that this server never had, would stay in the client's outbox for ever.
    void CancelOrphans(ConnectedClient client)
    {
        foreach (var pending in client.Hello.PendingAssignments)
        {
            if (services.Runs.Find(AssignmentIds.RunOf(pending))?.Current.State is not { IsTerminal: false })
                client.TrySend(new ServerSays.Cancel(pending, "run-ended"));
        }
    }

    // A run that ended while the client was away is not offered again; without this the client would wait for it for ever.
    void TellOfEndedRuns(ConnectedClient client)
    {
        foreach (var name in client.Hello.Runs)
            TellIfEnded(client, name);
    }

    void TellIfEnded(ConnectedClient client, string run)
    {
        if (services.Runs.Find(run)?.Current.State is { IsTerminal: true } state && state.Spec.Admits(client.Id))
            client.TrySend(new ServerSays.RunEnded(run, RoundRows.Name(state.Phase), state.Version.ManifestDigest));
    }

    async Task<string> ServeAsync(ConnectedClient client, CancellationTokenSource ending)
    {
        var pump = PumpAsync(client, ending.Token);
        var reading = ReadAllAsync(client, ending.Token);
        var first = await Task.WhenAny(pump, reading);
        ending.Cancel();
        await Task.WhenAll(Quiet(pump), Quiet(reading));
        if (first.Exception?.InnerException is { } error and not OperationCanceledException)
            throw error;
        return first == pump ? "the server said goodbye" : "the client closed its stream";
    }

    static async Task Quiet(Task task)
    {
        try
        {
            await task;
        }
        catch
        {
            // Only what ended first counts; the other one ends because of it.
        }
    }

    async Task PumpAsync(ConnectedClient client, CancellationToken stopping)
    {
        while (await client.Outbound.WaitToReadAsync(stopping))
        {
            while (client.Outbound.TryRead(out var message))
            {
                await stream.WriteAsync(message, stopping);
                client.Spoke(Now());
            }
        }
    }

    async Task ReadAllAsync(ConnectedClient client, CancellationToken stopping)
    {
        var unreadable = 0;
        while (true)
        {
            try
            {
                if (await stream.ReadAsync(stopping) is not { } said)
                    return;
                client.Heard(Now());
                await TakeAsync(client, said, stopping);
            }
            catch (FaultException e) when (unreadable++ < MaxUnreadableMessages)
            {
                Refuse(client, e.Refusal, "");
            }
        }
    }

    Task TakeAsync(ConnectedClient client, ClientSaid said, CancellationToken stopping) => said switch
    {
        ClientSaid.Heartbeat => Task.CompletedTask,
        ClientSaid.JoinRun join => JoinAsync(client, join, stopping),
        ClientSaid.LeaveRun leave => LeaveAsync(client, leave.Run, stopping),
        ClientSaid.AssignmentReply { Accepted: true } => Task.CompletedTask,
        ClientSaid.AssignmentReply reply => TellAsync(client, reply.AssignmentId, new RoundCommand.AssignmentRefused(client.Id, reply.AssignmentId, Declined: true), stopping),
        ClientSaid.AssignmentFailure failure => FailAsync(client, failure, stopping),
        ClientSaid.EvaluationResult result => TellAsync(
            client, result.AssignmentId, new RoundCommand.EvaluationArrived(client.Id, result.AssignmentId, result.Samples, result.Correct, result.LossSum), stopping),
        ClientSaid.Progress progress => Note(client, progress),
        _ => throw new FaultException(Fault.MessageUnexpected, $"{said.GetType().Name} is not expected on an open stream."),
    };

    Task FailAsync(ConnectedClient client, ClientSaid.AssignmentFailure failure, CancellationToken stopping)
    {
        if (AssignmentIds.ClientOf(failure.AssignmentId) == client.Id)
            services.Phases.End(failure.AssignmentId, Now());
        return TellAsync(client, failure.AssignmentId, new RoundCommand.AssignmentRefused(client.Id, failure.AssignmentId, Declined: false), stopping);
    }

    // A phase is told of the client's own work only; what others do is not its to say.
    Task Note(ConnectedClient client, ClientSaid.Progress progress)
    {
        if (services.Runs.Find(AssignmentIds.RunOf(progress.AssignmentId)) is { } loop && TrustRules.Check(loop.Current.State.Spec, progress) is { } contradiction)
        {
            Refuse(client, contradiction, progress.AssignmentId);
            return Task.CompletedTask;
        }
        client.Progress = progress;
        if (AssignmentIds.ClientOf(progress.AssignmentId) == client.Id && Array.IndexOf(Phases, progress.Phase) >= 0)
            services.Phases.Note(progress.AssignmentId, progress.Phase, Now());
        return Task.CompletedTask;
    }

    async Task JoinAsync(ConnectedClient client, ClientSaid.JoinRun join, CancellationToken stopping)
    {
        var loop = services.Runs.Find(join.Run);
        var refusal = services.Standings.MayJoin(client.Id)
            ? JoinRules.Check(client, join, loop?.Current.State)
            : new Refusal(Fault.ClientNotApproved, $"Client '{client.Id}' waits until an admin approves it.");
        TellIfEnded(client, join.Run);
        // The reply is queued first, so that no assignment of the run can overtake it.
        client.TrySend(new ServerSays.JoinReply(join.Run, refusal));
        if (refusal is not null)
        {
            services.Metrics.Refused(refusal);
            _logger.JoinRefused(client.Id, join.Run, refusal.Code, refusal.Message);
            return;
        }
        client.Join(join.Run);
        _logger.RunJoined(client.Id, join.Run);
        if (services.Standings.Of(client.Id).Draining)
            return;
        var member = new FleetMember(client.Id, client.Session, join.TrainingSamples, join.EvaluationSamples, [.. client.Hello.PendingAssignments])
        {
            StepsPerSecond = client.Hello.Device.StepsPerSecond,
        };
        await loop!.SendAsync(new RoundCommand.ClientJoined(member), stopping);
    }

    async Task LeaveAsync(ConnectedClient client, string run, CancellationToken stopping)
    {
        if (!client.Joined.Contains(run))
        {
            Refuse(client, new Refusal(Fault.NotJoined, $"The run '{run}' was not joined on this stream."), run);
            return;
        }
        client.Leave(run);
        await services.Runs.Get(run).SendAsync(new RoundCommand.ClientLeft(client.Id, client.Session), stopping);
    }

    async Task TellAsync(ConnectedClient client, string assignmentId, RoundCommand command, CancellationToken stopping)
    {
        var run = AssignmentIds.RunOf(assignmentId);
        if (!client.Joined.Contains(run))
        {
            Refuse(client, new Refusal(Fault.NotJoined, $"The run '{run}' was not joined on this stream."), assignmentId);
            return;
        }
        var outcome = await services.Runs.Get(run).SendAsync(command, stopping);
        if (outcome.Refusal is { } refusal)
            Refuse(client, refusal, assignmentId);
    }

    void Refuse(ConnectedClient client, Refusal refusal, string subject)
    {
        services.Metrics.Refused(refusal);
        client.TrySend(new ServerSays.Refused(refusal, subject));
    }

    async Task LeaveAllAsync(ConnectedClient client)
    {
        foreach (var run in client.Joined)
        {
            if (services.Runs.Find(run) is { } loop)
                await Quiet(loop.SendAsync(new RoundCommand.ClientLeft(client.Id, client.Session), CancellationToken.None));
        }
    }

    long Now() => services.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
