using Federated.Client.Faults;

namespace Federated.Client.Data;

/// <summary>An IDX file of images and the file of their labels, which agree in number.</summary>
public sealed record ImageArchive(ImageFile Images, byte[] Labels)
{
    /// <exception cref="ClientFault">F510: a file is missing, damaged, or the two disagree.</exception>
    public static ImageArchive Load(string images, string labels)
    {
        var loaded = new ImageArchive(IdxReader.ReadImages(images), IdxReader.ReadLabels(labels));
        return loaded.Images.Count == loaded.Labels.Length
            ? loaded
            : throw ClientFaults.DataFile(labels, $"holds {loaded.Labels.Length} labels for the {loaded.Images.Count} images of '{images}'.");
    }
}
