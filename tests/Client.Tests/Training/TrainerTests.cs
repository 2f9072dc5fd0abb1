using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Faults;
using Federated.Client.Models.Vit;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Client.Training;

namespace Federated.Client.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly ImageDataset _data;

    public TrainerTests()
    {
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 200, 8, 4, 2);
        _data = ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean"));
    }

    IExamples Examples => new ImageExamples(_data, Normalization.Default);

    [Fact]
    public void Pretrain_LearnableTask_WritesAModelThatKnowsIt()
    {
        var steps = 0;
        Pretrainer.Run(_data, ["a", "b", "c", "d"], Settings, _folder["base"], s => steps = s.Step);
        using var model = VitModel.Load(_folder["base"]);
        var result = new Evaluator(model).Evaluate(new ImageExamples(_data, Preprocessor.Load(_folder["base"])), 64);
        Assert.Equal((200L, 200 * 12 / 20), (result.Samples, steps));
        Assert.InRange(result.Accuracy, 0.95, 1);
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void Train_SameKey_SameBitsAndAnotherKeyOthers(string optimizer)
    {
        using var model = SmallVit.Load(_folder["base"]);
        var settings = new TrainSettings { Steps = 6, BatchSize = 16, Optimizer = optimizer, LearningRate = 0.02, ClipNorm = 1, Momentum = 0.5 };
        Assert.Equal(Train(model, settings, 1), Train(model, settings, 1));
        Assert.NotEqual(Train(model, settings, 1), Train(model, settings, 2));
    }

    [Fact]
    public void Train_ManySteps_LossFallsAndLiveTensorsStayFlat()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["head"] = "trained" } });
        using var adapter = AttachedAdapter.Attach(model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        var (losses, live) = (new List<double>(), new List<long>());
        new Trainer(model).Train(adapter, Examples, new TrainSettings { Steps = 60, BatchSize = 16 }, 1, s =>
        {
            losses.Add(s.Loss);
            live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        });
        Assert.True(losses[^10..].Average() < 0.7 * losses[..5].Average(), $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.Equal(live[2], live[^1]);
    }

    [Fact]
    public void Train_ProximalSgd_IsTheRecurrenceWithThePull()
    {
        using var model = SmallVit.Load(_folder["base"]);
        TrainSettings Settings(int steps, double proximal) => new() { Steps = steps, BatchSize = 16, Optimizer = "sgd", LearningRate = 0.05, Proximal = proximal };
        // From the start there is no distance yet, so the first step is the plain one.
        var (start, one, pulled) = (Train(model, Settings(1, 0) with { LearningRate = 1e-30 }, 1), Train(model, Settings(1, 0), 1), Train(model, Settings(1, 3), 1));
        Assert.Equal(one, pulled);
        var (plain, proximal) = (Train(model, Settings(2, 0), 1), Train(model, Settings(2, 3), 1));
        // theta_2 = theta_1 - rate (g(theta_1) + mu (theta_1 - theta_0)): the two runs differ by the pull alone.
        for (var i = 0; i < plain.Length; i++)
            Assert.Equal(-0.05 * 3 * ((double)one[i] - start[i]), (double)proximal[i] - plain[i], 2e-6);
        Assert.NotEqual(plain, proximal);
        Assert.Contains("proximal is -1", Assert.Throws<ArgumentException>(() => Train(model, Settings(1, -1), 1)).Message);
    }

    [Fact]
    public void Train_LearningRateFarTooLarge_SaysThatTheLossIsNotFinite()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var fault = Assert.Throws<ClientFault>(() => Train(model, new TrainSettings { Steps = 50, Optimizer = "sgd", LearningRate = 1e18 }, 1));
        Assert.Equal("F550", fault.Code);
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        using var model = SmallVit.Load(_folder["base"]);
        using var cancel = new CancellationTokenSource();
        var bundle = AdapterInitializer.Create(model, new AdapterRequest());
        using var adapter = AttachedAdapter.Attach(model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => new Trainer(model)
            .Train(adapter, Examples, new TrainSettings { Steps = 1000 }, 1, s => { steps = s.Step; cancel.Cancel(); }, cancel.Token));
        Assert.Equal(1, steps);
    }

    [Fact]
    public void Evaluate_BatchesOfAnySize_SameCounts()
    {
        using var model = SmallVit.Load(_folder["base"]);
        var evaluator = new Evaluator(model);
        var (one, other) = (evaluator.Evaluate(Examples, 7), evaluator.Evaluate(Examples, 200));
        Assert.Equal(one.Correct, other.Correct);
        Assert.Equal(one.LossSum, other.LossSum, 1e-2);
        Assert.Equal(33, evaluator.Evaluate(Examples, 7, 33).Samples);
    }

    [Fact]
    public void Load_BrokenBaseFolders_OneSentenceEach()
    {
        using (SmallVit.Load(_folder["base"]))
        {
        }
        Assert.Contains("does not exist", Fault(_folder["nowhere"]).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["base/model.safetensors"], File.ReadAllBytes(_folder["base/model.safetensors"])[..^1]);
        Assert.Equal(("F520", ClientExit.Environment), (Fault(_folder["base"]).Code, Fault(_folder["base"]).Exit));
        File.WriteAllText(_folder["base/config.json"], "{\"model_type\":\"gpt9\"}");
        Assert.Contains("gpt9", Fault(_folder["base"]).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["base/config.json"], "{\"model_type\":\"vit\",\"hidden_size\":10,\"num_attention_heads\":3}");
        Assert.Contains("does not divide", Fault(_folder["base"]).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    static PretrainSettings Settings => new() { Epochs = 12, BatchSize = 20, LearningRate = 5e-3, HiddenSize = 16, Layers = 2, Heads = 2, PatchSize = 4 };

    static ClientFault Fault(string folder) => Assert.Throws<ClientFault>(() => Client.Models.ModelFolder.Load(folder));

    float[] Train(VitModel model, TrainSettings settings, ulong key)
    {
        var bundle = AdapterInitializer.Create(model, new AdapterRequest());
        using var adapter = AttachedAdapter.Attach(model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        new Trainer(model).Train(adapter, Examples, settings, key);
        return adapter.Export().Values.ToArray();
    }
}
