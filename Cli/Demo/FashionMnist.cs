using Federated.Cli.Terminal;

namespace Federated.Cli.Demo;

/// <summary>The four files of Debian's dataset-fashion-mnist, and who gets which images.</summary>
sealed class FashionMnist
{
    public const string DefaultFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>The first half pre-trains the base; the sites share the other.</summary>
    public const int BaseImages = 30_000;

    /// <summary>Every site draws from 5,000 images of its own.</summary>
    public const int PoolPerSite = 5_000;

    public const int TestImages = 10_000;

    public static readonly IReadOnlyList<string> Labels =
        ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public FashionMnist(string folder)
    {
        (TrainImagesFile, TrainLabelsFile) = (Find(folder, "train-images-idx3-ubyte"), Find(folder, "train-labels-idx1-ubyte"));
        (TestImagesFile, TestLabelsFile) = (Find(folder, "t10k-images-idx3-ubyte"), Find(folder, "t10k-labels-idx1-ubyte"));
    }

    public string TrainImagesFile { get; }
    public string TrainLabelsFile { get; }
    public string TestImagesFile { get; }
    public string TestLabelsFile { get; }

    static string Find(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new CommandException("F560", $"Fashion-MNIST is missing: no '{name}' in '{folder}'. Install Debian's dataset-fashion-mnist, or name its folder with --images.", ExitCode.Environment);
}
