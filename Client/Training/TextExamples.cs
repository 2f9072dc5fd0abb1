using Federated.Client.Data.Text;

namespace Federated.Client.Training;

/// <summary>Windows of text, each predicting its next tokens.</summary>
public sealed class TextExamples(TokenDataset data) : IExamples
{
    public int Count => data.Count;

    public IExampleBatch CreateBatch(int size) => new TextBatch(data, size);
}
