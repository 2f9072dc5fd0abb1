using Federated.Formats.Peft;

namespace Cli.Tests.Aggregation;

/// <summary>One client's adapter: a LoRA module of rank r on each of some layers, and a head.</summary>
sealed record Sample(int Rank, double Alpha)
{
    public const int M = 7, N = 9, HeadSize = 5;

    public static readonly string[] Modules = ["encoder.layer.0.query", "encoder.layer.1.query"];

    public bool RsLora { get; init; }

    public string Base { get; init; } = "base";

    public Dictionary<string, float[]> Values { get; } = [];

    public double Scale => RsLora ? Alpha / Math.Sqrt(Rank) : Alpha / Rank;

    public static string A(string module) => $"base_model.model.{module}.lora_A.weight";

    public static string B(string module) => $"base_model.model.{module}.lora_B.weight";

    public const string Head = "base_model.model.classifier.bias";

    public static Sample Random(int rank, double alpha, int seed, bool rsLora = false)
    {
        var random = new Random(seed);
        var sample = new Sample(rank, alpha) { RsLora = rsLora };
        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
        foreach (var module in Modules)
        {
            sample.Values[A(module)] = Fill(rank * N);
            sample.Values[B(module)] = Fill(M * rank);
        }
        sample.Values[Head] = Fill(HeadSize);
        return sample;
    }

    /// <summary>s B A in fp64.</summary>
    public Dense Effect(string module) => Left(module).Times(Right(module)).Times(Scale);

    public Dense Left(string module) => new(M, Rank, Values[B(module)]);

    public Dense Right(string module) => new(Rank, N, Values[A(module)]);

    public string Write(string folder)
    {
        long[] Shape(string name) => name.Contains("lora_A") ? [Rank, N] : name.Contains("lora_B") ? [M, Rank] : [HeadSize];
        new PeftFolder(new PeftLoraConfig(Rank, Alpha, ["query"]) { BaseModel = Base, RsLora = RsLora, ModulesToSave = ["classifier"] },
            [.. Values.Select(v => new PeftTensor(v.Key, Shape(v.Key), v.Value))]).Write(folder);
        return folder;
    }

    /// <summary>What peft would add to the base's weight, read from a folder.</summary>
    public static Dense Effect(string folder, string module)
    {
        var peft = PeftFolder.Read(folder);
        var (a, b) = (peft.Tensors.Single(t => t.Name == A(module)), peft.Tensors.Single(t => t.Name == B(module)));
        var rank = (int)a.Shape[0];
        Assert.Equal(rank, peft.Config.RankOf(module));
        var scale = peft.Config.AlphaOf(module) / (peft.Config.RsLora ? Math.Sqrt(rank) : rank);
        return new Dense(M, rank, b.Values).Times(new Dense(rank, N, a.Values)).Times(scale);
    }

    public static float[] HeadOf(string folder) => PeftFolder.Read(folder).Tensors.Single(t => t.Name == Head).Values;
}
