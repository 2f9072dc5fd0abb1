using Federated.Client.Data;
using Federated.Client.Data.Text;
using Federated.Client.Models.Gpt2;
using Federated.Client.Models.Tokenizers;

namespace Federated.Client.Training;

/// <summary>Makes a small language model from public text, where no pre-trained one can be had.</summary>
public static class TextPretrainer
{
    /// <summary>Trains a model and writes it as a Hugging Face folder.</summary>
    /// <param name="documents">One or more.</param>
    /// <param name="tokenizer">Goes into the folder as tokenizer.json.</param>
    /// <param name="settings">Size of the model and length of the training.</param>
    /// <param name="folder">Where config.json, model.safetensors and tokenizer.json go; made when missing.</param>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Looked at between steps; nothing is written then.</param>
    /// <exception cref="Faults.ClientFault">F511: the documents hold fewer than two tokens. F550: the loss is no longer finite.</exception>
    public static TrainReport Run(IEnumerable<string> documents, BytePairTokenizer tokenizer, TextPretrainSettings settings, string folder,
        Action<TrainStep>? progress = null, CancellationToken cancellation = default)
    {
        var data = TokenDataset.Of(documents, tokenizer, settings.Context);
        using var model = Gpt2Model.Create(settings.Model(tokenizer.Count), settings.Seed);
        var train = new TrainSettings
        {
            Steps = settings.Steps,
            BatchSize = settings.BatchSize,
            LearningRate = settings.LearningRate,
            WeightDecay = settings.WeightDecay,
            ClipNorm = 1,
        };
        var report = new Trainer(model).TrainBase(new TextExamples(data), train, CounterRandom.Key("federated.pretrain.v1", $"{settings.Seed}"),
            LearningRates.WarmUpThenCosine(settings.Steps), progress, cancellation);
        model.Save(folder);
        TokenizerFolder.Save(tokenizer, folder);
        return report;
    }
}
