using Federated.Server.Aggregation;

namespace Federated.Server.Runs;

/// <summary>What a run would take, as far as it can be told before it exists. Times are null where nothing is known of a client.</summary>
/// <param name="BytesDownFirst">To each client, once: schema, plan and first version.</param>
/// <param name="BytesDown">To each client in every later round, at most: groups that did not change are not sent again.</param>
/// <param name="BytesUp">From each client in every round.</param>
/// <param name="ServerMemoryBytes">Of one fold, beside the process itself: three copies of what is folded at one time, and the fold's budget.</param>
/// <param name="ServerDiskBytes">Spools of two rounds and the versions of all rounds.</param>
/// <param name="Seconds">From assignment to update, by client.</param>
/// <param name="RoundSeconds">The slowest of the quickest quorum: what a round waits for.</param>
sealed record RunForecast(
    long BytesDownFirst, long BytesDown, long BytesUp, long ServerMemoryBytes, long ServerDiskBytes, IReadOnlyDictionary<string, double?> Seconds, double? RoundSeconds)
{
    // Beside its name a tensor's header holds shape, encoding and length.
    const int TensorHeaderBytes = 12;
    const int HeaderBytes = 160;

    public static RunForecast Of(RunSpec spec, RunAdapter adapter, IReadOnlyList<ClientExpectation> clients)
    {
        var trained = adapter.Layout.Trained();
        var version = 4 * adapter.Layout.TotalElements;
        var up = trained.EncodedBytes(UpdateEncodings.Of(spec.Encoding)) + trained.Tensors.Sum(t => t.Name.Length + TensorHeaderBytes) + HeaderBytes;
        var seconds = clients.ToDictionary(c => c.Client, c => c.Seconds(spec.Train.Steps), StringComparer.Ordinal);
        var quickest = seconds.Values.Where(s => s is not null).Order().Take(spec.Cohort.Quorum).ToList();
        return new RunForecast(
            version + adapter.Plan.ToJson().Length + adapter.Schema.ToJson().Length,
            version,
            up,
            3 * AdapterParts.OfFold(adapter.Layout, spec, spec.Cohort.Quorum).Max(p => 4 * p.TotalElements) + WorkerOptions.DefaultMemoryBytes,
            2 * up * spec.Cohort.Size + version * spec.Rounds,
            seconds,
            quickest.Count < spec.Cohort.Quorum ? null : quickest[^1]);
    }
}

/// <param name="Client">Its id.</param>
/// <param name="MillisecondsPerStep">From its history in other runs; 0 where there is none.</param>
/// <param name="StepsPerSecond">As it says itself; 0 where unknown.</param>
sealed record ClientExpectation(string Client, double MillisecondsPerStep, double StepsPerSecond)
{
    public double? Seconds(int steps) =>
        MillisecondsPerStep > 0 ? steps * MillisecondsPerStep / 1000 : StepsPerSecond > 0 ? steps / StepsPerSecond : null;
}
