using Federated.Client.Adapters;
using Federated.Client.Data.Text;
using Federated.Client.Models;
using Federated.Client.Models.Gpt2;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Client.Training;
using static TorchSharp.torch;

namespace Federated.Client.Tests.Training;

public sealed class TextTrainingTests : IDisposable
{
    readonly TestFolder _folder = new();

    [Fact]
    public void Evaluate_PaddedLastWindow_CountsPredictedTokensAndTheirCrossEntropy()
    {
        using var model = SmallGpt2.Load(_folder["base"]);
        int[] ids = [39, 4, 8, 15, 16, 23, 4, 2];
        var sums = new Evaluator(model).Evaluate(new TextExamples(new TokenDataset(ids, 5, 39)), 2);

        var (loss, correct) = (0.0, 0);
        foreach (var (from, count) in new[] { (0, 5), (5, 2) })
        {
            using var window = tensor([.. ids[from..(from + count)].Select(i => (long)i)], [1, count]);
            var logits = SmallModels.Forward(model, window);
            for (var i = 0; i < count; i++)
            {
                var row = logits.AsSpan(i * 40, 40).ToArray();
                loss += Math.Log(row.Sum(v => Math.Exp(v))) - row[ids[from + i + 1]];
                correct += row[ids[from + i + 1]] == row.Max() ? 1 : 0;
            }
        }
        Assert.Equal((7L, (long)correct), (sums.Samples, sums.Correct));
        Assert.Equal(loss, sums.LossSum, 1e-4);
    }

    [Fact]
    public void TrainBase_PredictableText_IsLearnedAndLiveTensorsStayFlat()
    {
        using var model = Gpt2Model.Create(SmallGpt2.Config("relu"), 1);
        var data = new TextExamples(new TokenDataset([.. Enumerable.Range(0, 400).Select(i => i * i % 37)], 12, 0));
        var live = new List<long>();
        new Trainer(model).TrainBase(data, new TrainSettings { Steps = 150, BatchSize = 8, LearningRate = 0.02 }, 1,
            progress: _ => live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        Assert.True(new Evaluator(model).Evaluate(data).Accuracy > 0.9, "Squares modulo 37 were not learned.");
        Assert.Equal(live[2], live[^1]);
    }

    [Fact]
    public void Train_LoraOnText_LossFallsAndTheBaseKeepsItsBits()
    {
        using var model = SmallGpt2.Load(_folder["base"]);
        var before = SmallModels.Weights(model);
        var bundle = AdapterInitializer.Create(model, new AdapterRequest { Options = new Dictionary<string, string> { ["targets"] = "attn.c_attn,mlp.c_proj" } });
        using var adapter = AttachedAdapter.Attach(model, bundle.Version0.Layout);
        adapter.Import(bundle.Version0);
        var data = new TextExamples(new TokenDataset([.. Enumerable.Range(0, 200).Select(i => i * i % 37)], 12, 0));
        var losses = new List<double>();
        new Trainer(model).Train(adapter, data, new TrainSettings { Steps = 60, BatchSize = 8, LearningRate = 0.02 }, 1, s => losses.Add(s.Loss));
        Assert.True(losses[^10..].Average() < 0.8 * losses[..5].Average(), $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.Equal(before, SmallModels.Weights(model));
    }

    [Fact]
    public void Site_ImagesForAModelOfText_IsRefusedNamingBoth()
    {
        using (SmallGpt2.Load(_folder["base"]))
        {
        }
        var fault = Assert.Throws<Client.Faults.ClientFault>(() => Client.Rounds.Site.Open(new()
        {
            Id = "a", Server = new Uri("http://127.0.0.1:1"), State = _folder["s"], Model = _folder["base"], Data = new() { Images = "i", Labels = "l" },
        }));
        Assert.Equal("F572", fault.Code);
        Assert.Contains("gpt2", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
