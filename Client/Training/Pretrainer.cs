using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models.Vit;

namespace Federated.Client.Training;

/// <summary>Makes a small base model from an image file, for demonstrations and tests where no pre-trained one can be had.</summary>
public static class Pretrainer
{
    /// <summary>Trains a model and writes it as a Hugging Face folder.</summary>
    /// <param name="data">Square images; labels count from 0.</param>
    /// <param name="labels">A name per label.</param>
    /// <param name="settings">Size of the model and length of the training.</param>
    /// <param name="folder">Where config.json, model.safetensors and preprocessor_config.json go; made when missing.</param>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Looked at between steps; nothing is written then.</param>
    /// <exception cref="ClientFault">F511: the images do not fit the model.</exception>
    public static TrainReport Run(ImageDataset data, IReadOnlyList<string> labels, PretrainSettings settings, string folder,
        Action<TrainStep>? progress = null, CancellationToken cancellation = default)
    {
        Check(data, labels, settings);
        var normalization = Measure(data);
        using var model = VitModel.Create(settings.Model(data.Shape.Rows, labels), settings.Seed);
        var steps = checked((int)Math.Max(1, (long)settings.Epochs * data.Count / settings.BatchSize));
        var train = new TrainSettings
        {
            Steps = steps,
            BatchSize = settings.BatchSize,
            LearningRate = settings.LearningRate,
            WeightDecay = settings.WeightDecay,
            ClipNorm = 1,
        };
        var report = new Trainer(model).TrainBase(new ImageExamples(data, normalization), train, CounterRandom.Key("federated.pretrain.v1", $"{settings.Seed}"),
            LearningRates.WarmUpThenCosine(steps), progress, cancellation);
        model.Save(folder);
        Preprocessor.Save(folder, normalization, data.Shape);
        return report;
    }

    static void Check(ImageDataset data, IReadOnlyList<string> labels, PretrainSettings settings)
    {
        if (data.Shape.Rows != data.Shape.Columns || data.Shape.Rows % settings.PatchSize != 0)
            throw ClientFaults.DataSplit($"Images of {data.Shape.Rows} x {data.Shape.Columns} pixels cannot be cut into patches of {settings.PatchSize}.");
        foreach (var label in data.Labels)
        {
            if (label >= labels.Count)
                throw ClientFaults.DataSplit($"An image has label {label}; {labels.Count} labels are named.");
        }
    }

    static Normalization Measure(ImageDataset data)
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < data.Count; i++)
            foreach (var pixel in data.Image(i))
            {
                sum += pixel;
                squares += pixel * pixel;
            }
        var count = (double)data.Count * data.Shape.Size;
        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(squares / count - mean * mean, 1));
        return new Normalization((float)Math.Round(mean / 255, 4), (float)Math.Round(deviation / 255, 4));
    }
}
