using System.Threading.Channels;
using Federated.Client.Telemetry;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>Brings the outbox to the coordinator while there is a connection.</summary>
sealed class Deliveries(UpdateUploads uploads, ClientBooks books, ClientRuntime runtime)
{
    /// <summary>A call that is refused as a whole, instead of answered with an outcome, may have been damaged on the way.</summary>
    const int MaximumRefusals = 5;

    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(1);
    readonly Dictionary<string, int> _refusals = new(StringComparer.Ordinal);

    /// <summary>Called after an entry has left the outbox.</summary>
    public event Action? Delivered;

    /// <summary>There may be something new in the outbox.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(Backoff backoff, CancellationToken connected)
    {
        while (true)
        {
            foreach (var entry in books.Outbox.Entries)
            {
                if (!await TryDeliver(entry, connected))
                {
                    await Task.Delay(backoff.Next(), runtime.Time, connected);
                    Wake();
                }
                else
                {
                    backoff.Reset();
                }
            }
            await _wake.Reader.ReadAsync(connected);
        }
    }

    async Task<bool> TryDeliver(OutboxEntry entry, CancellationToken connected)
    {
        try
        {
            using var phase = ClientTelemetry.Begin("upload", books.Traces.Of(entry.AssignmentId));
            Finish(entry, await uploads.SendAsync(entry, connected));
            return true;
        }
        catch (FileNotFoundException)
        {
            // It was withdrawn between the listing and now.
            return true;
        }
        catch (Exception e) when (e is LinkException { Failure: LinkFailure.Unavailable } or IOException or UnauthorizedAccessException)
        {
            runtime.Log.DeliveryDelayed(entry.AssignmentId, e.Message);
            return false;
        }
        catch (LinkException e)
        {
            var refusals = _refusals[entry.AssignmentId] = _refusals.GetValueOrDefault(entry.AssignmentId) + 1;
            if (refusals < MaximumRefusals)
            {
                runtime.Log.DeliveryDelayed(entry.AssignmentId, e.Message);
                return false;
            }
            Finish(entry, new UploadOutcome(UploadResult.Rejected, "", e.Message));
            return true;
        }
    }

    void Finish(OutboxEntry entry, UploadOutcome outcome)
    {
        runtime.Log.Delivered(entry.AssignmentId, entry.Size, outcome);
        ClientTelemetry.Answered(outcome.Result.ToString().ToLowerInvariant());
        books.Traces.Forget(entry.AssignmentId);
        if (outcome.Result == UploadResult.Accepted)
            books.Outbox.Accept(entry.AssignmentId);
        else
            books.Outbox.Remove(entry.AssignmentId);
        _refusals.Remove(entry.AssignmentId);
        Delivered?.Invoke();
    }
}
