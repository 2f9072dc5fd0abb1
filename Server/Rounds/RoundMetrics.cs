using System.Diagnostics.Metrics;
using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>The meter "Federated.Server".</summary>
sealed class RoundMetrics : IDisposable
{
    public const string MeterName = "Federated.Server";

    static readonly double[] Seconds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

    readonly Meter _meter = new(MeterName);
    readonly Counter<long> _updates;
    readonly Counter<long> _refusals;
    readonly Counter<long> _rounds;
    readonly Counter<long> _bytes;
    readonly Histogram<double> _roundSeconds;

    public RoundMetrics()
    {
        _updates = _meter.CreateCounter<long>("federated.updates", "{update}", "Updates by result: accepted, rejected, discarded.");
        _refusals = _meter.CreateCounter<long>("federated.refusals", "{refusal}", "Refusals by code.");
        _rounds = _meter.CreateCounter<long>("federated.rounds", "{round}", "Round attempts by outcome: published, failed.");
        _bytes = _meter.CreateCounter<long>("federated.bytes", "By", "Payload bytes by direction: up, down.");
        _roundSeconds = _meter.CreateHistogram<double>("federated.round.duration", "s", "From the first push to the published version.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    public void Update(string run, string result) => _updates.Add(1, new("run", run), new("result", result));

    public void Refused(Refusal refusal) => _refusals.Add(1, new KeyValuePair<string, object?>("code", refusal.Code));

    public void Round(string run, string outcome) => _rounds.Add(1, new("run", run), new("outcome", outcome));

    public void RoundSeconds(string run, double seconds) => _roundSeconds.Record(seconds, new KeyValuePair<string, object?>("run", run));

    public void Bytes(string direction, long count) => _bytes.Add(count, new KeyValuePair<string, object?>("direction", direction));

    public void Dispose() => _meter.Dispose();
}
