using System.Text;
using System.Text.Json;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Federated.Server.Storage;

namespace Federated.Server.Operator;

/// <summary>
/// Open event streams: limited in number, alive by a comment line when nothing happens, ended when the server stops or the reader's key no
/// longer holds. A reader that does not read holds up nobody; Kestrel cuts it.
/// </summary>
sealed class EventStreams(IRunStore store, ApiKeys keys, OperatorOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    const int Batch = 256;
    const int RetryMs = 2_000;
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    int _open;

    public int Open => _open;

    /// <param name="context">The call; its response becomes the stream.</param>
    /// <param name="run">Of one run, or of all where it is null.</param>
    /// <param name="after">The last event seen; null, or one that a restored coordinator does not know: from now on.</param>
    /// <exception cref="FaultException">Too many streams are open.</exception>
    public async Task ServeAsync(HttpContext context, string? run, long? after)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _open) > options.MaxEventStreams)
                throw new FaultException(Fault.StreamsExhausted, $"{options.MaxEventStreams} event streams are open, which is the limit.");
            await RunAsync(context, run, Math.Min(after ?? long.MaxValue, store.LastEvent), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has gone, or the server goes; a browser comes back by itself with the last event it saw.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    async Task RunAsync(HttpContext context, string? run, long seen, CancellationToken stopping)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await WriteAsync(context, $"retry: {RetryMs}\n\n", stopping);
        while (keys.StillHolds(context.Caller()))
        {
            var last = store.LastEvent;
            if (last <= seen)
            {
                if (!await WaitAsync(seen, stopping))
                    await WriteAsync(context, ": heartbeat\n\n", stopping);
                continue;
            }
            var batch = await store.EventsAsync(seen, Batch, run, stopping);
            if (batch.Count == 0)
            {
                // All of them were of other runs.
                seen = last;
                continue;
            }
            var text = new StringBuilder();
            foreach (var row in batch)
                text.Append($"id: {row.Sequence}\nevent: {row.Kind}\ndata: {JsonSerializer.Serialize(EventsApi.View(row), Json)}\n\n");
            await WriteAsync(context, text.ToString(), stopping);
            seen = batch[^1].Sequence;
        }
    }

    /// <summary>False if nothing happened for as long as a heartbeat.</summary>
    async Task<bool> WaitAsync(long after, CancellationToken stopping)
    {
        using var heartbeat = new CancellationTokenSource(TimeSpan.FromSeconds(options.EventHeartbeatSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, heartbeat.Token);
        try
        {
            await store.WaitForEventAsync(after, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    static async Task WriteAsync(HttpContext context, string text, CancellationToken stopping)
    {
        await context.Response.WriteAsync(text, stopping);
        await context.Response.Body.FlushAsync(stopping);
    }
}
