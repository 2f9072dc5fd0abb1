using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>
/// The vision transformer of Dosovitskiy et al. (arXiv 2010.11929) as transformers' ViTForImageClassification computes it:
/// logits are the classifier on the normalised class token.
/// </summary>
public sealed class VitModel : IFoundationModel
{
    readonly WeightBook _book;
    readonly VitEmbeddings _embeddings;
    readonly VitBlock[] _blocks;
    readonly VitNorm _norm;
    readonly LinearSite _classifier;

    VitModel(VitConfig config, IWeightSource source, string baseDigest, int bits = BasePrecision.Full)
    {
        (Config, BaseDigest) = (config, baseDigest);
        _book = new WeightBook(source, BasePrecision.Require(bits));
        var sites = new VitSites(_book);
        _embeddings = new VitEmbeddings(config, _book, sites);
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new VitBlock(config, _book, sites, i))];
        _norm = new VitNorm(config, _book, sites, VitNames.FinalNorm);
        _classifier = sites.Linear(VitNames.Classifier, config.Labels.Count, config.HiddenSize, SiteKind.Head);
        Sites = sites.All;
        Targets = new DefaultTargets(["query", "value"], ["key", "value"], [.. Enumerable.Range(0, config.Layers).Select(i => $"{VitNames.Layer(i)}.output.dense")]);
    }

    public VitConfig Config { get; }

    public string ModelType => VitConfig.ModelType;

    public Modality Takes => Modality.Images;

    public string BaseDigest { get; }

    public IReadOnlyList<ModelSite> Sites { get; }

    public DefaultTargets Targets { get; }

    public IReadOnlyList<Parameter> BaseParameters => _book.Leaves;

    /// <summary>Loads a Hugging Face folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="bits">Of a weight of its matrices; see <see cref="BasePrecision"/>.</param>
    /// <exception cref="ClientFault">F520: the folder is missing, incomplete, or contradicts its config.json.</exception>
    public static VitModel Load(string folder, int bits = BasePrecision.Full)
    {
        var config = VitConfig.Load(folder);
        using var checkpoint = Checkpoint.Open(folder);
        return new VitModel(config, checkpoint, checkpoint.Digest(), bits);
    }

    /// <summary>A model with fresh weights, a pure function of the seed.</summary>
    public static VitModel Create(VitConfig config, ulong seed) => new(config, new VitInitialization(seed), "");

    internal static VitModel Create(VitConfig config, IWeightSource source, string baseDigest) => new(config, source, baseDigest);

    /// <summary>Writes config.json and model.safetensors, each whole or not at all.</summary>
    /// <exception cref="InvalidOperationException">The matrices are packed: their values are not the base's any more.</exception>
    public void Save(string folder)
    {
        if (_book.Packs)
            throw new InvalidOperationException("A base that is held in few bits cannot be saved.");
        Checkpoint.Write(folder, [.. _book.Named.Select(n => (n.Name, n.Value))]);
        Checkpoint.WriteText(folder, "config.json", Config.ToJson());
    }

    /// <summary>[b, channels, size, size] -> [b, labels]</summary>
    public Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var tokens = _embeddings.Forward(inputs);
        var length = tokens.shape[1];
        for (var i = 0; i < _blocks.Length; i++)
            tokens = _blocks[i].Forward(tokens, i < _blocks.Length - 1 ? length : 1);
        return _classifier.Apply(_norm.Forward(tokens).reshape(inputs.shape[0], Config.HiddenSize)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _book.Dispose();
}
