using System.Text.Json.Nodes;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>Planning over real processes: sites measure themselves, one has no memory for anything, the others train over a base held in eight bits.</summary>
public sealed class PlanningTests(TinyBase tinyBase)
{
    const string Run = "planned";

    [Fact]
    public async Task Sites_MeasureAndAreSized_AndTheOneWithoutMemoryOnlyEvaluates()
    {
        await using var federation = await SmallFederation.StartAsync(tinyBase, change: (site, configuration) =>
        {
            if (site == SmallFederation.Sites[0]) configuration["memoryMegabytes"] = 16;
        });
        var weak = SmallFederation.Sites[0].Name;
        await federation.CreateRunAsync(Run, rounds: 3, strategy: "flexlora", change: spec =>
        {
            spec["clients"] = new JsonArray([.. SmallFederation.Sites.Select(s => (JsonNode)s.Name)]);
            spec["cohort"]!["minimum"] = 1;
            spec["planning"] = new JsonObject { ["ranks"] = new JsonArray(1, 2), ["batches"] = new JsonArray(2, 8), ["baseBits"] = new JsonArray(8) };
        });
        await federation.CompletedAsync(Run);

        using var http = new HttpClient();
        async Task<JsonArray> Read(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(federation.Processes.HttpAddress, path), federation.Stop))!.AsArray();
        var rounds = await Read($"/api/v1/runs/{Run}/rounds");
        Assert.Equal(3, Parts(rounds, 1).Count);
        foreach (var part in Parts(rounds, 2).Concat(Parts(rounds, 3)))
        {
            Assert.NotEqual(weak, part["client"]!.GetValue<string>());
            var (predicted, measured) = (part["planning"]!["predicted"]!, part["planning"]!["measured"]!);
            // Of the process, in which the tiny base weighs nothing beside the runtime.
            Assert.InRange(measured["bytes"]!.GetValue<double>() / predicted["bytes"]!.GetValue<double>(), 0.5, 2);
            Assert.True(predicted["seconds"]!.GetValue<double>() > 0 && measured["seconds"]!.GetValue<double>() > 0);
        }
        Assert.Equal(2, Parts(rounds, 3).Count);
        // It still says what the version is worth on its own held-out images.
        Assert.Contains(rounds.Single(r => r!["round"]!.GetValue<int>() == 3)!["evaluation"]!["clients"]!.AsArray(), e => e!["client"]!.GetValue<string>() == weak);
    }

    static List<JsonNode> Parts(JsonArray rounds, int round) => [.. rounds.Single(r => r!["round"]!.GetValue<int>() == round)!["participations"]!.AsArray().Select(p => p!)];
}
