using Federated.Client.Adapters;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Data.Text;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Tests.Support;
using Federated.Client.Training;

namespace Federated.Client.Tests.Training;

/// <summary>One pass over a batch gives what a pass for each example gives, where the methods allow it; elsewhere nothing but the passes does.</summary>
public sealed class ExampleGradientTests : IDisposable
{
    readonly TestFolder _folder = new();

    // Examples stand in the batch twice; windows of text end in padding that is not judged.
    [Theory]
    [InlineData("vit", "fedpeft-lora", true)]
    [InlineData("vit", "fedpeft-adapter", true)]
    [InlineData("vit", "fedpeft-prompt", true)]
    [InlineData("vit", "fedpeft-bias", false)]
    [InlineData("gpt2", "lora", true)]
    [InlineData("gpt2", "prompt", true)]
    [InlineData("gpt2", "bitfit", false)]
    public void Of_Batch_AsOneByOne(string name, string method, bool together)
    {
        using var model = SmallModels.Load(name, _folder["base"]);
        var start = AdapterInitializer.Create(model, new AdapterRequest { Method = method }).Version0;
        using var adapter = AttachedAdapter.Attach(model, start.Layout);
        adapter.Import(start);
        var parameters = adapter.ParameterGroups().SelectMany(g => g.Parameters).ToArray();
        int[] indices = [4, 1, 4, 3, 0, 1];
        using var batched = new ExampleGradients(model, adapter, parameters, Data(name), indices.Length);
        using var single = new ExampleGradients(model, null, parameters, Data(name), indices.Length);
        Assert.Equal((together, false), (batched.AreTogether, single.AreTogether));
        var (expected, actual) = (single.Of(indices).ToList(), batched.Of(indices).ToList());
        Assert.Equal(4, expected.Count);
        Assert.Equal(4, actual.Count);
        using var alone = Data(name).CreateBatch(1);
        foreach (var (index, (one, other)) in indices.Distinct().Zip(expected.Zip(actual)))
        {
            Assert.Equal(LossOf(model, alone, index), one.Loss, 1e-5);
            Assert.Equal(one.Loss, other.Loss, 1e-5);
            foreach (var (a, b) in one.Values.Zip(other.Values))
                SmallModels.AssertClose(a!, b!, 1e-5, method);
        }
        Assert.All(parameters, p => Assert.True(p.grad is not { } g || g.abs().max().item<float>() == 0));
    }

    // What a plain step minimises, for a batch of this example.
    static double LossOf(IFoundationModel model, IExampleBatch batch, int index)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        batch.Fill([index]);
        return batch.Loss(model.Forward(batch.Inputs)).item<float>();
    }

    IExamples Data(string name)
    {
        if (name == "gpt2")
            return new TextExamples(new TokenDataset([.. Enumerable.Range(0, 32).Select(i => i * i * 7 % 40)], 7, 0));
        IdxFiles.WriteBars(_folder["i"], _folder["l"], 8, 8, 4, 2);
        return new ImageExamples(ImageDataset.Load(_folder["i"], _folder["l"], new IndexRange(), DomainCatalog.Parse("clean")), Normalization.Default);
    }

    public void Dispose() => _folder.Dispose();
}
