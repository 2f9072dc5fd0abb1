using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Models.Gpt2;

/// <summary>
/// The decoder of Radford et al. 2019 as transformers' GPT2LMHeadModel computes it: token ids in, logits of the next token out. The head shares the token table.
/// </summary>
public sealed class Gpt2Model : IFoundationModel
{
    readonly WeightBook _book;
    readonly WeightSite _tokens, _positions, _norm;
    readonly PromptSite _prompt;
    readonly Gpt2Block[] _blocks;
    readonly LinearSite _head;

    Gpt2Model(Gpt2Config config, IWeightSource source, string baseDigest, int bits = BasePrecision.Full)
    {
        (Config, BaseDigest) = (config, baseDigest);
        _book = new WeightBook(source, BasePrecision.Require(bits));
        var sites = new Gpt2Sites(_book);
        _tokens = sites.Table(Gpt2Names.Tokens, config.Vocabulary, config.HiddenSize);
        _positions = sites.Table(Gpt2Names.Positions, config.Positions, config.HiddenSize);
        _prompt = sites.Add(new PromptSite("transformer", config.HiddenSize, isInput: true));
        _blocks = [.. Enumerable.Range(0, config.Layers).Select(i => new Gpt2Block(config, sites, i))];
        _norm = sites.Norm(Gpt2Names.FinalNorm, config.HiddenSize);
        _head = sites.Add(new LinearSite(new Site(SiteKind.Head, Gpt2Names.Head), _tokens.Weight, null) { TiedTo = _tokens });
        Sites = sites.All;
        Targets = new DefaultTargets(["attn.c_attn"], ["attn.c_attn"], ["mlp.c_proj"]);
    }

    public Gpt2Config Config { get; }

    public string ModelType => Gpt2Config.ModelType;

    public Modality Takes => Modality.Text;

    public string BaseDigest { get; }

    public IReadOnlyList<ModelSite> Sites { get; }

    public DefaultTargets Targets { get; }

    public IReadOnlyList<Parameter> BaseParameters => _book.Leaves;

    /// <summary>Loads a Hugging Face folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="bits">Of a weight of its matrices; see <see cref="BasePrecision"/>.</param>
    /// <exception cref="ClientFault">F520: the folder is missing, incomplete, or contradicts its config.json.</exception>
    public static Gpt2Model Load(string folder, int bits = BasePrecision.Full)
    {
        var config = Gpt2Config.Load(folder);
        using var checkpoint = Checkpoint.Open(folder);
        return new Gpt2Model(config, new Gpt2Weights(checkpoint), checkpoint.Digest(), bits);
    }

    /// <summary>A model with fresh weights, a pure function of the seed.</summary>
    public static Gpt2Model Create(Gpt2Config config, ulong seed) => new(config, new Gpt2Initialization(seed, config.Layers), "");

    /// <summary>Writes config.json and model.safetensors, each whole or not at all.</summary>
    /// <exception cref="InvalidOperationException">The matrices are packed: their values are not the base's any more.</exception>
    public void Save(string folder)
    {
        if (_book.Packs)
            throw new InvalidOperationException("A base that is held in few bits cannot be saved.");
        Checkpoint.Write(folder, [.. _book.Named.Select(n => (n.Name, n.Value))]);
        Checkpoint.WriteText(folder, "config.json", Config.ToJson());
    }

    /// <summary>[b, t] token ids -> [b, t, vocabulary]</summary>
    /// <exception cref="ArgumentException">The text is longer than the model's positions.</exception>
    public Tensor Forward(Tensor inputs)
    {
        var (batch, length) = (inputs.shape[0], inputs.shape[1]);
        if (length > Config.Positions)
            throw new ArgumentException($"A text of {length} tokens was given; the model has {Config.Positions} positions.", nameof(inputs));
        using var scope = NewDisposeScope();
        var embedded = _tokens.CurrentWeight.index_select(0, inputs.reshape(-1)).view(batch, length, Config.HiddenSize);
        var tokens = _prompt.Prepend(embedded.add(_positions.CurrentWeight.narrow(0, 0, length)));
        foreach (var block in _blocks)
            tokens = block.Forward(tokens);
        if (_prompt.Length > 0)
            tokens = tokens.narrow(1, _prompt.Length, length);
        var normalised = nn.functional.layer_norm(tokens, [Config.HiddenSize], _norm.CurrentWeight, _norm.CurrentBias, Config.LayerNormEpsilon);
        return _head.Apply(normalised.reshape(batch * length, Config.HiddenSize)).view(batch, length, -1).MoveToOuterDisposeScope();
    }

    public void Dispose() => _book.Dispose();
}
