using Federated.Server.Faults;
using Federated.Server.Fleet.Messages;

namespace Federated.Server.Fleet;

/// <summary>Keeps quiet streams alive and ends half-open ones: after three missed heartbeats a client is gone.</summary>
sealed class HeartbeatMonitor(ClientRegistry registry, FleetOptions options, TimeProvider time, ILogger<HeartbeatMonitor> logger) : BackgroundService
{
    const int MissedLimit = 3;

    ulong _sequence;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.HeartbeatSeconds) / 2, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Guarded();
    }

    // An exception that left a background service would stop the whole coordinator.
    void Guarded()
    {
        try
        {
            Check();
        }
        catch (Exception e)
        {
            logger.HeartbeatFailed(e);
        }
    }

    public void Check()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var period = options.HeartbeatSeconds * 1000L;
        _sequence++;
        foreach (var client in registry.Connected)
        {
            if (now - client.LastHeardMs >= MissedLimit * period)
            {
                logger.ClientSilent(client.Id, (now - client.LastHeardMs) / 1000);
                client.End(new(Fault.ClientSilent, $"Nothing was heard for {(now - client.LastHeardMs) / 1000} s; the limit is {MissedLimit * options.HeartbeatSeconds} s."));
            }
            else if (now - client.LastSpokenMs >= period / 2)
            {
                client.TrySend(new ServerSays.Heartbeat(_sequence));
            }
        }
    }
}
