using System.Text.Json.Nodes;
using Federation.Tests.Support;

namespace Federation.Tests;

/// <summary>Noise at the sites, in real processes: the coordinator refuses counts and losses, so that a run completes only because none was sent.</summary>
public sealed class PrivacyTests(TinyBase tinyBase)
{
    [Theory]
    [InlineData("client", 2)]
    [InlineData("record", 1)]
    public async Task TrustNone_NoiseAtTheSite_Completes(string unit, int rounds)
    {
        await using var federation = await SmallFederation.StartAsync(tinyBase);
        await federation.CreateRunAsync("quiet", rounds, change: spec =>
        {
            spec.Remove("evaluate");
            spec["trust"] = "none";
            spec["strategy"] = "fedit";
            spec["weigher"] = "uniform";
            spec["privacy"] = new JsonObject { ["at"] = "site", ["unit"] = unit, ["clip"] = 0.5, ["noise"] = 4, ["epsilon"] = 200, ["delta"] = 1e-5 };
        });
        await federation.CompletedAsync("quiet");
        using var http = new HttpClient();
        var privacy = JsonNode.Parse(await http.GetStringAsync(new Uri(federation.Processes.HttpAddress, "/api/v1/runs/quiet/privacy"), federation.Stop))!;
        Assert.Equal(unit == "client" ? rounds : 0, privacy["rounds"]!.AsArray().Count);
    }
}
