using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Cli.Commands;
using Federated.Formats.Peft;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Cli.Tests.Aggregation;

/// <summary>Real folders in, real folders out, compared with dense fp64 oracles.</summary>
public sealed class AggregateCommandTests : IDisposable
{
    static readonly double[] Weights = [3, 1, 2.5];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fedit")]
    [InlineData("lora-fair")]
    [InlineData("lora-fair --set lambda=0.3 --set lambda_mode=absolute")]
    [InlineData("flexlora --set power_iterations=8")]
    [InlineData("fedex-lora")]
    [InlineData("flora")]
    [InlineData("frlora")]
    public void Aggregate_ProductRule_IsTheDenseOracle(string strategy)
    {
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)];

        Run($"--strategy {strategy} {Written(clients)} --out {_folder["out"]}");

        foreach (var module in Sample.Modules) AssertNear(Oracle(strategy, clients, module), Sample.Effect(_folder["out"], module));
        AssertHead(clients, Sample.HeadOf(_folder["out"]));
    }

    /// <summary>Each client's alpha grows with its rank, as is usual; every client's own s B A counts.</summary>
    [Theory]
    [InlineData("flora", false)]
    [InlineData("fedex-lora", false)]
    [InlineData("fedex-lora", true)]
    public void Aggregate_MixedRanksAndScales_ExactRuleGivesTheMeanOfTheProducts(string strategy, bool rsLora)
    {
        Sample[] clients = [Sample.Random(1, 2, 1, rsLora), Sample.Random(4, 8, 2), Sample.Random(2, 3, 3, rsLora)];

        Run($"--strategy {strategy} {Written(clients)} --out {_folder["out"]}");

        foreach (var module in Sample.Modules) AssertNear(Ideal(clients, module), Sample.Effect(_folder["out"], module));
    }

    [Fact]
    public void Aggregate_FfaLora_KeepsThePreviousA()
    {
        var start = Sample.Random(2, 4, 9);
        Sample[] clients = [.. Enumerable.Range(1, 3).Select(seed => Sharing(start, Sample.Random(2, 4, seed), Sample.A))];

        Run($"--strategy ffa-lora {Written(clients)} --previous {start.Write(_folder["start"])} --out {_folder["out"]}");

        foreach (var module in Sample.Modules) AssertNear(Ideal(clients, module), Sample.Effect(_folder["out"], module));
    }

    /// <summary>Two calls with the state between them are two rounds; without it the second is a first one.</summary>
    [Theory]
    [InlineData("fedavgm", 0.5)]
    [InlineData("scaffold --set local_steps=4 local_learning_rate=0.1 participation=0.5", 0)]
    public void Aggregate_WithTheStateOfTheCallBefore_GoesOn(string optimiser, double momentum)
    {
        var start = Sample.Random(2, 4, 9);
        var words = $"--strategy {optimiser} {Written([Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)])} --previous {start.Write(_folder["start"])}";
        Run($"{words} --out {_folder["one"]}");
        Run($"{words} --state {Path.Combine(_folder["one"], "strategy_state.safetensors")} --out {_folder["two"]}");

        var state = new[] { "one", "two" }.Select(folder =>
        {
            using var file = SafetensorsFile.Open(Path.Combine(_folder[folder], "strategy_state.safetensors"));
            return StrategyStateFile.Read(file);
        }).ToArray();
        foreach (var (name, first) in state[0].Tensors)
        {
            var second = state[1][name];
            // The same change twice: v = d + m d, and c = c - s (c + d / (E eta)) with c = -s d / (E eta).
            for (var i = 0; i < second.Length; i++)
                Assert.Equal(momentum > 0 ? (1 + momentum) * first.Span[i] : 1.5 * first.Span[i], second[i], 1e-5);
        }
        Assert.Contains("no file", Refused($"{words} --state {_folder["none"]} --out {_folder["three"]}").Message);
    }

    [Fact]
    public void Aggregate_RoLora_TheRoundSaysWhichFactorIsAveraged()
    {
        var start = Sample.Random(2, 4, 9);
        Sample[] clients = [.. Enumerable.Range(1, 3).Select(seed => Sharing(start, Sample.Random(2, 4, seed), Sample.B))];
        var words = $"--strategy rolora {Written(clients)} --previous {start.Write(_folder["start"])} --out {_folder["out"]}";

        var refusal = Refused(words);
        Run($"{words} --round 1");

        Assert.Contains("'rolora' needs equal", refusal.Message);
        foreach (var module in Sample.Modules) AssertNear(Ideal(clients, module), Sample.Effect(_folder["out"], module));
    }

    [Theory]
    [InlineData("fedit")]
    [InlineData("flexlora --set power_iterations=8")]
    [InlineData("fedex-lora")]
    [InlineData("flora")]
    public void Aggregate_RuleOfSumsAlone_DoesNotDependOnThePreviousVersion(string strategy)
    {
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)];
        var words = $"--strategy {strategy} {Written(clients)}";

        Run($"{words} --out {_folder["zeros"]}");
        Run($"{words} --previous {Sample.Random(2, 4, 9).Write(_folder["start"])} --out {_folder["started"]}");

        foreach (var module in Sample.Modules) AssertNear(Sample.Effect(_folder["zeros"], module), Sample.Effect(_folder["started"], module));
    }

    [Fact]
    public void Aggregate_ServerMomentum_StepsFromThePreviousVersion()
    {
        var start = Sample.Random(2, 4, 9);
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)];

        Run($"--strategy fedit --set server_optimiser=fedavgm server_optimiser.learning_rate=0.5 {Written(clients)} --previous {start.Write(_folder["start"])} --out {_folder["out"]}");

        foreach (var module in Sample.Modules)
        {
            var b = start.Left(module).Plus(Dense.Mean([.. clients.Select(c => c.Left(module))], Weights)).Times(0.5);
            var a = start.Right(module).Plus(Dense.Mean([.. clients.Select(c => c.Right(module))], Weights)).Times(0.5);
            AssertNear(b.Times(a).Times(2), Sample.Effect(_folder["out"], module));
        }
    }

    [Fact]
    public void Aggregate_RobustWeigher_LeavesOutTheStranger()
    {
        var honest = Sample.Random(2, 4, 1);
        Sample[] clients = [Near(honest, 1), Near(honest, 2), Sample.Random(2, 400, 7), Near(honest, 3)];

        Run($"--strategy krum --set keep=3 f=0 {Written(clients)} --out {_folder["out"]}");

        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["out"], "report.json")));
        var shares = First(report).GetProperty("shares").EnumerateArray().Select(s => s.GetDouble()).ToArray();
        Assert.Equal(0, shares[2]);
        Assert.Equal(1, shares.Sum(), 12);
    }

    [Fact]
    public void Aggregate_OrderOfClientsAndThreads_ChangeNoByte()
    {
        Sample[] clients = [Sample.Random(1, 2, 1), Sample.Random(4, 8, 2), Sample.Random(2, 3, 3)];
        var words = Written(clients).Split("--client ", StringSplitOptions.RemoveEmptyEntries);

        Run($"--strategy lora-fair --threads 1 --client {string.Join(" --client ", words)} --out {_folder["one"]}");
        Run($"--strategy lora-fair --threads 7 --client {string.Join(" --client ", words.Reverse())} --out {_folder["two"]}");

        foreach (var file in new[] { PeftFolder.ConfigFile, PeftFolder.TensorsFile, "report.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["one"], file)), File.ReadAllBytes(Path.Combine(_folder["two"], file)));
    }

    [Fact]
    public void Aggregate_OneClient_IsUnchangedToTheBit()
    {
        var only = Sample.Random(2, 4, 1);

        Run($"--strategy fedit --client {only.Write(_folder["only"])}:17 --out {_folder["out"]}");

        foreach (var tensor in PeftFolder.Read(_folder["out"]).Tensors) Assert.Equal(only.Values[tensor.Name], tensor.Values);
    }

    [Fact]
    public void Report_HasTheDiagnosticsOfTheDenseProducts()
    {
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)];

        var output = Run($"--strategy fedit {Written(clients)} --out {_folder["out"]}");

        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["out"], "report.json")));
        var group = First(report);
        var (ideal, mean) = (Ideal(clients, Sample.Modules[0]), Oracle("fedit", clients, Sample.Modules[0]));
        Assert.Equal(ideal.Minus(mean).Norm / ideal.Norm, group.GetProperty("biasRatio").GetDouble(), 1e-5);
        Assert.Equal(Weights[1] / Weights.Sum(), group.GetProperty("shares")[1].GetDouble(), 1e-12);
        Assert.Equal(2.5, report.RootElement.GetProperty("clients")[2].GetProperty("weight").GetDouble());
        Assert.Equal("fedit", report.RootElement.GetProperty("parts").GetProperty("Product").GetString());
        Assert.Contains("3 adapters", output);
    }

    [Theory]
    [InlineData("flora", 6)]
    [InlineData("fedex-lora", 4)]
    [InlineData("fedex-lora --set residual_rank=1", 1)]
    [InlineData("lora-fair", 0)]
    public void Report_OffsetRank_IsTheRankThatWasAppended(string strategy, int expected)
    {
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2), Sample.Random(2, 4, 3)];

        Run($"--strategy {strategy} {Written(clients)} --out {_folder["out"]}");

        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["out"], "report.json")));
        Assert.Equal(expected, First(report).GetProperty("offsetRank").GetInt32());
        Assert.Equal(2 + expected, PeftFolder.Read(_folder["out"]).Config.Rank);
    }

    [Theory]
    [InlineData("flora")]
    [InlineData("fedex-lora")]
    [InlineData("frlora")]
    public void Aggregate_ResidualBeside_IsAnAdapterThatAddsUp(string strategy)
    {
        Sample[] clients = [Sample.Random(2, 4, 1), Sample.Random(2, 4, 2, rsLora: true), Sample.Random(2, 4, 3)];

        Run($"--strategy {strategy} --residual beside {Written(clients)} --out {_folder["beside"]}");
        Run($"--strategy {strategy} {Written(clients)} --out {_folder["appended"]}");

        Assert.Equal(2, PeftFolder.Read(_folder["beside"]).Config.Rank);
        foreach (var module in Sample.Modules)
            AssertNear(Sample.Effect(_folder["appended"], module), Sample.Effect(_folder["beside"], module).Plus(Sample.Effect(Path.Combine(_folder["beside"], "residual"), module)));
    }

    [Fact]
    public void Aggregate_ResidualBesideWithoutOne_WritesNone()
    {
        Run($"--strategy lora-fair --residual beside {Written([Sample.Random(2, 4, 1), Sample.Random(2, 4, 2)])} --out {_folder["out"]}");

        Assert.False(Directory.Exists(Path.Combine(_folder["out"], "residual")));
    }

    [Fact]
    public void List_NamesEveryBundleAndStrategy()
    {
        var lines = Run("--list").Split('\n');

        var catalog = StrategyCatalog.Default;
        foreach (var name in catalog.Bundles.Select(b => b.Name).Concat(Enum.GetValues<StrategyKind>().SelectMany(catalog.Of).Select(s => s.Name)))
            Assert.Contains(lines, line => line.StartsWith($"  {name} ", StringComparison.Ordinal));
        string Under(string name) => lines[Array.FindIndex(lines, line => line.StartsWith($"  {name} ", StringComparison.Ordinal)) + 1];
        Assert.Equal("exact mixed-ranks adds-offsets down-link 1 + K", Under("flora").Trim());
        Assert.Equal("sum-only mixed-ranks asynchronous down-link 1", Under("fedbuff").Trim());
        Assert.Equal("exact sum-only mixed-ranks asynchronous keeps-basis publishes-means", Under("fedpeft-bias").Trim());
        Assert.Equal("sum-only keeps-basis needs-kept-basis needs-means corrects-clients", Under("scaffold").Trim());
        Assert.Contains("adds-offsets", lines[Array.FindLastIndex(lines, line => line.StartsWith("  flora ", StringComparison.Ordinal)) + 1]);
    }

    static JsonElement First(JsonDocument report) =>
        report.RootElement.GetProperty("groups").EnumerateArray().Single(g => g.GetProperty("group").GetString() == Sample.Modules[0]);

    static string Run(string words) => AggregateWords.Run(words);

    static Federated.Cli.Terminal.CommandException Refused(string words) => Assert.Throws<Federated.Cli.Terminal.CommandException>(() => AggregateWords.Run(words));

    string Written(Sample[] clients) => string.Join(' ', clients.Select((c, k) =>
        string.Create(CultureInfo.InvariantCulture, $"--client {c.Write(_folder[$"client-{k}"])}:{Weights[k % Weights.Length]}")));

    static Dense Ideal(Sample[] clients, string module) => Dense.Mean([.. clients.Select(c => c.Effect(module))], Weights);

    static Dense Oracle(string strategy, Sample[] clients, string module)
    {
        var (b, a) = (Dense.Mean([.. clients.Select(c => c.Left(module))], Weights), Dense.Mean([.. clients.Select(c => c.Right(module))], Weights));
        var scale = clients[0].Scale;
        var product = Dense.Mean([.. clients.Select(c => c.Left(module).Times(c.Right(module)))], Weights);
        return strategy.Split(' ')[0] switch
        {
            "fedit" or "frlora" => b.Times(a).Times(scale),
            "flora" or "fedex-lora" => product.Times(scale),
            "flexlora" => product.Best(clients[0].Rank).Times(scale),
            _ => b.Plus(Correction(strategy, product, b, a)).Times(a).Times(scale),
        };
    }

    // argmin ||M - (B + D) A||^2 + lambda ||D||^2.
    static Dense Correction(string strategy, Dense product, Dense b, Dense a)
    {
        var gram = a.Times(a.Transposed);
        var lambda = strategy.Contains("absolute") ? 0.3 : 0.01 * Enumerable.Range(0, gram.Rows).Sum(i => gram[i, i]) / gram.Rows;
        return product.Minus(b.Times(a)).Times(a.Transposed).Times(gram.Plus(Dense.Make(gram.Rows, gram.Rows, (i, j) => i == j ? lambda : 0)).Inverse());
    }

    static Sample Sharing(Sample start, Sample client, Func<string, string> tensor)
    {
        foreach (var module in Sample.Modules) client.Values[tensor(module)] = start.Values[tensor(module)];
        return client;
    }

    static Sample Near(Sample sample, int seed)
    {
        var near = Sample.Random(sample.Rank, sample.Alpha, seed);
        foreach (var (name, values) in near.Values)
            near.Values[name] = [.. values.Zip(sample.Values[name], (noise, value) => value + 0.01f * noise)];
        return near;
    }

    static void AssertNear(Dense expected, Dense actual) =>
        Assert.True(actual.Minus(expected).Norm <= 2e-6 * expected.Norm, $"relative distance {actual.Minus(expected).Norm / expected.Norm}");

    static void AssertHead(Sample[] clients, float[] head)
    {
        for (var i = 0; i < head.Length; i++)
            Assert.Equal(clients.Select((c, k) => Weights[k] * c.Values[Sample.Head][i]).Sum() / Weights.Sum(), head[i], 1e-6);
    }
}
