using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Privacy;
using Federated.Client.Storage;
using Federated.Client.Telemetry;
using Federated.Client.Transport;
using Federated.Client.Transport.Grpc;
using Federated.Client.Transport.Identity;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>A site's daemon: stays connected, takes assignments, and brings the results back.</summary>
public sealed class ClientDaemon : IDisposable
{
    const string GoodbyeSuperseded = "superseded", GoodbyeRevoked = "revoked";

    readonly ClientConfiguration _configuration;
    readonly ICoordinatorTransport _transport;
    readonly ClientRuntime _runtime;
    readonly ClientBooks _books;
    readonly IDevice _device;
    readonly AssignmentRunner _runner;
    readonly Deliveries _deliveries;
    readonly EventHandling _events;
    readonly IWorksite _site;

    /// <summary>A daemon over whatever surrounds it; it owns the runtime's device and none of the rest.</summary>
    public ClientDaemon(ClientConfiguration configuration, IWorksite site, IClientState state, ICoordinatorTransport transport, ClientRuntime runtime)
    {
        (_configuration, _transport, _runtime, _site) = (configuration, transport, runtime, site);
        _books = new ClientBooks(Outbox.Open(state.Outbox), new WorkQueue(), new RunBook(), new Outgoing(), state.Ledger);
        var blobs = new BlobCache(state.Blobs((long)configuration.CacheMegabytes << 20, runtime.Time), new BlobDownloads(transport, _books.Link, runtime.Time));
        var loader = new StartPointLoader(blobs, configuration.Id);
        _device = runtime.Device;
        _runner = new AssignmentRunner(configuration.Id, site, _device, loader, _books);
        _deliveries = new Deliveries(new UpdateUploads(transport, _books.Outbox, _books.Link, runtime.Time), _books, runtime);
        _events = new EventHandling(configuration, site, loader, _books, runtime);
        _runner.Progressed += OnProgress;
        _deliveries.Delivered += _events.CheckIdle;
    }

    /// <summary>Runs a client over gRPC until it is done or told to stop; what goes wrong becomes one line and an exit code.</summary>
    public static async Task<ClientExit> RunAsync(ClientConfiguration configuration, TextWriter output, TextWriter errors, CancellationToken stopping)
    {
        try
        {
            using var telemetry = ClientTelemetry.Start(configuration.Id);
            using var site = Site.Open(configuration);
            using var state = ClientState.Open(configuration.State);
            using var identity = OpenIdentity(configuration);
            await using var transport = new GrpcTransport(configuration.Server, state.Token, identity);
            using var daemon = new ClientDaemon(configuration, site, state, transport,
                new ClientRuntime(TimeProvider.System, new Random(), new ClientLog(output, TimeProvider.System), new DeviceThread(configuration.Threads, (long)configuration.MemoryMegabytes << 20)));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var renewing = identity is null ? Task.CompletedTask : new CertificateRenewal(identity, configuration.Server, daemon._runtime).RunAsync(over.Token);
            try
            {
                await daemon.RunAsync(stopping);
            }
            finally
            {
                await over.CancelAsync();
                await Settle(renewing);
            }
            return ClientExit.Done;
        }
        catch (ClientFault fault)
        {
            await errors.WriteLineAsync(fault.Line);
            return fault.Exit;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var fault = ClientFaults.State(configuration.State, $"cannot be used: {e.Message}", e);
            await errors.WriteLineAsync(fault.Line);
            return fault.Exit;
        }
    }

    /// <exception cref="ClientFault">F531: the address is https and the state folder has no certificate of this client.</exception>
    static SiteIdentity? OpenIdentity(ClientConfiguration configuration)
    {
        if (configuration.Server.Scheme != "https")
            return null;
        var identity = SiteIdentity.Open(configuration.State, configuration.Proxy);
        if (identity.ClientId == configuration.Id)
            return identity;
        using (identity)
            throw ClientFaults.CertificateOfAnother(identity.ClientId, configuration.Id);
    }

    /// <summary>Works until <paramref name="stopping"/>, or until all runs have ended where the configuration says so.</summary>
    /// <exception cref="ClientFault">F523, F540, F541, F542: there is no point in going on.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        _runtime.Log.Starting(_configuration.Id, _transport.Peer, _site.TrainingSamples, _site.EvaluationSamples);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var working = _runner.RunAsync(_runtime, NewBackoff(), over.Token);
        var connecting = StayConnected(over.Token);
        try
        {
            await await Task.WhenAny(working, connecting, _events.Idle);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _runtime.Log.Stopping();
        }
        finally
        {
            over.Cancel();
            _books.Work.Cancel(_ => true);
            await Settle(working);
            await Settle(connecting);
        }
    }

    public void Dispose() => _device.Dispose();

    async Task StayConnected(CancellationToken stopping)
    {
        var backoff = NewBackoff();
        var lost = _runtime.Time.GetTimestamp();
        while (true)
        {
            string why;
            var wait = TimeSpan.Zero;
            try
            {
                var goodbye = await Serve(backoff, stopping);
                lost = _runtime.Time.GetTimestamp();
                why = goodbye is null ? "the server closed the connection." : $"the server said goodbye ({goodbye.Reason}).";
                wait = goodbye?.ReconnectAfter ?? TimeSpan.Zero;
            }
            catch (LinkException e) when (e.Failure != LinkFailure.Unavailable)
            {
                throw ClientFaults.Refused(_transport.Peer, e.Message);
            }
            catch (LinkException e)
            {
                if (_events.TakeWasConnected())
                    lost = _runtime.Time.GetTimestamp();
                why = e.Message;
            }
            if (_configuration.Reconnect.GiveUpSeconds is > 0 and var limit && _runtime.Time.GetElapsedTime(lost).TotalSeconds >= limit)
                throw ClientFaults.Unreachable(_transport.Peer, why);
            wait = wait > TimeSpan.Zero ? backoff.Jitter(wait) : backoff.Next();
            _runtime.Log.Disconnected(why, wait);
            await Task.Delay(wait, _runtime.Time, stopping);
        }
    }

    async Task<ServerEvent.Goodbye?> Serve(Backoff backoff, CancellationToken stopping)
    {
        using var connected = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var stream = _transport.Connect(connected.Token);
        var session = new Session(stream, _runtime.Time);
        var welcome = await session.GreetAsync(Hello(), stopping);
        backoff.Reset();
        _runtime.Log.Connected(_transport.Peer, welcome.Software);
        var reports = _books.Outgoing.Open();
        var delivering = _deliveries.RunAsync(NewBackoff(), connected.Token);
        try
        {
            _events.Begin(welcome, connected.Token);
            var goodbye = await session.RunAsync(welcome.HeartbeatInterval, reports, _books.Outgoing.Post, Handle, stopping);
            return goodbye?.Reason switch
            {
                GoodbyeSuperseded => throw ClientFaults.Superseded(_configuration.Id),
                GoodbyeRevoked => throw ClientFaults.Refused(_transport.Peer, "its admission was revoked."),
                _ => goodbye,
            };
        }
        finally
        {
            connected.Cancel();
            await Settle(delivering);
            await _events.EndAsync();
            _books.Outgoing.Close();
        }
    }

    void Handle(ServerEvent received)
    {
        if (_events.Handle(received))
            _deliveries.Wake();
    }

    void OnProgress()
    {
        _deliveries.Wake();
        _events.CheckIdle();
    }

    ClientReport.Hello Hello() => new(_configuration.Id, ClientSoftware.Name, _device.Describe(_site.StepsPerSecond))
    {
        Methods = Peft.MethodCatalog.Default.Names,
        Pending = [.. _books.Outbox.Entries.Select(e => e.AssignmentId).Union(_books.Work.Ids).Order(StringComparer.Ordinal)],
        Runs = [.. _books.Runs.Open.Union(RunFilter.Exact(_configuration.Runs)).Where(r => !_books.Runs.HasEnded(r)).Order(StringComparer.Ordinal)],
    };

    Backoff NewBackoff() => new(_configuration.Reconnect, _runtime.Random);

    static async Task Settle(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or ClientFault or LinkException)
        {
            // Another task ended first and has been heard.
        }
    }
}
