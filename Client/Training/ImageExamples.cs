using Federated.Client.Data;

namespace Federated.Client.Training;

/// <summary>Labelled images as a model's image processor shows them.</summary>
public sealed class ImageExamples(ImageDataset data, Normalization normalization) : IExamples
{
    public int Count => data.Count;

    public IExampleBatch CreateBatch(int size) => new ImageBatch(data, size, normalization);
}
