using System.Collections.Concurrent;
using System.Diagnostics;
using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Telemetry;

public sealed class RoundTraceTests
{
    [Fact]
    public async Task Round_WithAListener_IsOneTreeThatItsAssignmentsName()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == RoundTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = new ServerKit();
        var adapter = new TestAdapter();
        await server.CreateAsync(adapter, adapter.Spec("traced", rounds: 2, cohort: 2, s => s["evaluate"] = new System.Text.Json.Nodes.JsonObject()));
        var clients = new[] { "site-a", "site-b" }.Select(id => new SyntheticClient(id, server.Wire, adapter) { EvaluationSamples = 5 }).ToList();

        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();

        var rounds = spans.Where(s => s.OperationName == "round" && "traced".Equals(s.GetTagItem("federated.run"))).OrderBy(s => s.GetTagItem("federated.round")).ToList();
        Assert.Equal([1, 2], rounds.Select(r => r.GetTagItem("federated.round")));
        Assert.All(rounds, r => Assert.Equal(default, r.ParentSpanId));
        Assert.Equal(2, rounds.Select(r => r.TraceId).Distinct().Count());
        foreach (var round in rounds)
        {
            var below = spans.Where(s => s.TraceId == round.TraceId && s != round).ToList();
            Assert.All(below, s => Assert.Equal(round.SpanId, s.ParentSpanId));
            Assert.Equal(["collect", "fold", "publish"], below.Select(s => s.OperationName).Order(StringComparer.Ordinal));
            Assert.Equal(2, Carried(clients, AssignmentIds.Train("traced", (int)round.GetTagItem("federated.round")!, 1, ""), round.Id!));
        }
        Assert.Equal(2, Carried(clients, AssignmentIds.Evaluate("traced", 1, 1, ""), rounds[0].Id!));
    }

    static int Carried(List<SyntheticClient> clients, string assignments, string parent) => clients.SelectMany(c => c.Heard)
        .Count(m => m.Assignment is { } a && a.AssignmentId.StartsWith(assignments, StringComparison.Ordinal) && a.Traceparent == parent);
}
