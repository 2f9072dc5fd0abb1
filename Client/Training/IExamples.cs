namespace Federated.Client.Training;

/// <summary>What a model trains on or is evaluated with: examples by index, turned into batches.</summary>
public interface IExamples
{
    /// <summary>1 or more.</summary>
    int Count { get; }

    /// <summary>Room for a batch that is filled again and again.</summary>
    /// <param name="size">Examples in it, 1 or more.</param>
    IExampleBatch CreateBatch(int size);
}
