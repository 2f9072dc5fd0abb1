using System.Text.Json.Nodes;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Runs;

public sealed class RunSpecTests
{
    static readonly TestAdapter Adapter = new();

    [Fact]
    public void Read_Least_FillsInTheDefaults()
    {
        var spec = RunSpecJson.Read(Adapter.Spec("least", 3, 4));

        Assert.Equal(new CohortSettings(4, 4, 1, 300, 30, 5), spec.Cohort);
        Assert.Equal(("f32", 1e6, 1ul, "server"), (spec.Encoding, spec.UpdateNormLimit, spec.Seed, spec.Trust));
        Assert.Null(spec.Evaluate);
    }

    [Fact]
    public void Write_IsCanonical_AndItsDigestCoversTheDefaults()
    {
        var least = RunSpecJson.Read(Adapter.Spec("same", 3, 4));
        var spelledOut = RunSpecJson.Read(Adapter.Spec("same", 3, 4, s => { s["encoding"] = "f32"; s["cohort"]!["quorum"] = 4; s["seed"] = 1; }));

        Assert.Equal(RunSpecJson.Write(least), RunSpecJson.Write(spelledOut));
        Assert.Equal(RunSpecJson.Write(least), RunSpecJson.Write(RunSpecJson.Read(RunSpecJson.Write(least))));
        Assert.NotEqual(least.Digest, RunSpecJson.Read(Adapter.Spec("same", 4, 4)).Digest);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 5)]
    [InlineData(0.81, 9)]
    [InlineData(1, 10)]
    public void Read_MinimumFraction_IsTheLeastCountThatReachesIt(double fraction, int minimum) => Assert.Equal(
        minimum, RunSpecJson.Read(Adapter.Spec("share", 3, 10, s => s["cohort"]!["minimumFraction"] = fraction)).Cohort.Minimum);

    [Fact]
    public void Write_EverySection_SurvivesTheRoundTrip()
    {
        var spec = RunSpecJson.Read(Adapter.Spec("full", 3, 4, s =>
        {
            s["evaluate"] = new JsonObject();
            s["stop"] = new JsonObject { ["metric"] = "loss", ["target"] = 0.5, ["patience"] = 3, ["minDelta"] = 0.01 };
            s["selection"] = new JsonObject { ["kind"] = "oort", ["overSelect"] = 1.3, ["deadlineFactor"] = 2 };
            s["asynchrony"] = new JsonObject { ["mode"] = "asynchronous", ["maxStaleness"] = 7 };
            s["version0"] = null;
            s["warmStart"] = new JsonObject { ["run"] = "old", ["version"] = 4 };
        }));
        var again = RunSpecJson.Read(RunSpecJson.Write(spec));

        Assert.Equal(new StopSettings("loss", 0.5, 3, 0.01), again.Stop);
        Assert.Equal(new SelectionSettings(true, 1.3, 20, 2), again.Selection);
        Assert.Equal(new AsynchronySettings(true, 7), again.Asynchrony);
        Assert.Equal((null, new WarmStart("old", 4)), (again.Version0, again.WarmStart));
        Assert.Equal(RunSpecJson.Write(spec), RunSpecJson.Write(again));
    }

    [Fact]
    public void Write_ComposedStrategy_SurvivesTheRoundTrip()
    {
        var spec = RunSpecJson.Read(Adapter.Spec("composed", 1, 1, s =>
        {
            s.Remove("strategy");
            s["weigher"] = "uniform";
            s["product"] = new JsonObject { ["name"] = "lora-fair", ["ridge"] = 0.5 };
        }));
        var again = RunSpecJson.Read(RunSpecJson.Write(spec));

        Assert.Equal(("uniform", "lora-fair", null), (again.Strategy.Weigher!.Name, again.Strategy.Product!.Name, again.Strategy.Bundle));
        Assert.Equal(0.5, again.Strategy.Product.Options.GetProperty("ridge").GetDouble());
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "{\"round\":1}", "did you mean 'rounds'" },
        { "{\"name\":\"Bad Name\"}", "run.name is 'Bad Name'" },
        { "{\"base\":\"12\"}", "run.base is '12'" },
        { "{\"rounds\":0}", "run.rounds is 0; 1 to" },
        { "{\"rounds\":\"3\"}", "run.rounds must be an integer" },
        { "{\"cohort\":{\"size\":2,\"quorum\":3}}", "run.cohort.quorum is 3; 1 to 2" },
        { "{\"cohort\":{\"size\":2,\"minimum\":3}}", "run.cohort.minimum is 3" },
        { "{\"cohort\":{\"size\":4,\"minimum\":2,\"minimumFraction\":0.5}}", "one of them decides" },
        { "{\"cohort\":{\"size\":4,\"quorum\":2,\"minimumFraction\":0.8}}", "minimumFraction makes 4 of 4; the quorum is 2" },
        { "{\"cohort\":{\"size\":4,\"minimumFraction\":1.1}}", "run.cohort.minimumFraction is 1.1" },
        { "{\"encoding\":\"topk\"}", "'top-k'" },
        { "{\"cohort\":{\"size\":2,\"deadlineSecond\":3}}", "did you mean 'deadlineSeconds'" },
        { "{\"clients\":[]}", "run.clients is empty" },
        { "{\"warmStart\":{\"run\":\"a\",\"version\":1}}", "give one of them" },
        { "{\"warmStart\":{\"run\":\"a\"},\"version0\":null}", "run.warmStart.version is missing" },
        { "{\"stop\":{\"target\":0.5}}", "run.evaluate is missing" },
        { "{\"stop\":{\"minDelta\":0.5},\"evaluate\":{}}", "neither target nor patience" },
        { "{\"stop\":{\"metric\":\"acuracy\",\"patience\":1},\"evaluate\":{}}", "did you mean 'accuracy'" },
        { "{\"asynchrony\":{\"mode\":\"asynchronous\",\"maxStaleness\":0}}", "run.asynchrony.maxStaleness is 0; 1 to 1000" },
        { "{\"asynchrony\":{}}", "run.asynchrony.mode is missing" },
        { "{\"selection\":{\"overSelect\":0.5}}", "run.selection.overSelect is 0.5; 1 to 4" },
        { "{\"selection\":{\"kind\":\"ort\"}}", "did you mean 'oort'" },
        { "{\"clients\":[\"a\",\"a\"]}", "'a' twice" },
        { "{\"clients\":[\"../etc\"]}", "run.clients has '../etc'" },
        { "{\"clients\":[\"a\"],\"cohort\":{\"size\":2}}", "run.cohort.size is 2; run.clients has 1" },
        { "{\"train\":{\"steps\":1,\"learningRate\":0.1,\"optimizer\":\"adam\"}}", "did you mean 'adamw'" },
        { "{\"train\":{\"steps\":1,\"learningRate\":-1}}", "run.train.learningRate is -1" },
        { "{\"encoding\":\"f8\"}", "run.encoding" },
        { "{\"trust\":\"nobody\"}", "run.trust" },
        { "{\"seed\":-1}", "run.seed is -1" },
        { "{\"limits\":{\"updateNorm\":0}}", "run.limits.updateNorm is 0" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Read_Wrong_NamesTheKeyItsValueAndTheLimit(string change, string message)
    {
        var error = Assert.Throws<FormatException>(() => RunSpecJson.Read(Adapter.Spec("wrong", 1, 1, s =>
        {
            foreach (var (key, value) in JsonNode.Parse(change)!.AsObject().ToList())
                s[key] = value?.DeepClone();
        })));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"name\":1,\"name\":2}")]
    public void Read_NoObject_IsRefused(string text) => Assert.Throws<FormatException>(() => RunSpecJson.Read(System.Text.Encoding.UTF8.GetBytes(text)));
}
