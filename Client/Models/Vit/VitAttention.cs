using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>Multi-head self-attention. Query, key and value are one fused product, of which their sites are views; held in few bits they are three.</summary>
sealed class VitAttention
{
    static readonly string[] Roles = ["query", "key", "value"];

    readonly VitConfig _config;
    readonly Tensor? _weight;
    readonly Tensor? _bias;
    readonly LinearSite[] _parts;
    readonly LinearSite _output;

    public VitAttention(VitConfig config, WeightBook book, VitSites sites, string layer)
    {
        _config = config;
        string[] paths = [.. Roles.Select(r => $"{layer}.attention.attention.{r}")];
        if (book.Packs)
        {
            _parts = [.. paths.Select(p => sites.Linear(p, config.HiddenSize, config.HiddenSize, hasBias: config.QkvBias))];
            _output = sites.Linear($"{layer}.attention.output.dense", config.HiddenSize, config.HiddenSize);
            return;
        }
        (_weight, var weights) = book.AddFused([.. paths.Select(p => $"{p}.weight")], config.HiddenSize, config.HiddenSize);
        Tensor[]? biases = null;
        if (config.QkvBias)
            (_bias, biases) = book.AddFused([.. paths.Select(p => $"{p}.bias")], config.HiddenSize);
        _parts = [.. paths.Select((p, i) => sites.Add(new LinearSite(new Site(SiteKind.Linear, p), weights[i], biases?[i]) { IsFused = true }))];
        _output = sites.Linear($"{layer}.attention.output.dense", config.HiddenSize, config.HiddenSize);
    }

    /// <summary>Attention of the first <paramref name="queries"/> tokens over all of them.</summary>
    /// <param name="tokens">[b, t, d]</param>
    /// <param name="queries">1 to t; the last layer needs the class token alone.</param>
    /// <returns>[b * queries, d]</returns>
    public Tensor Forward(Tensor tokens, long queries)
    {
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        var flat = tokens.reshape(batch * length, _config.HiddenSize);
        var fused = _weight is null ? null : nn.functional.linear(flat, Weight(_weight), Bias());   // [b * t, 3 d]
        var query = Heads(Part(0, flat, fused), batch, length);
        if (queries < length)
            query = query.narrow(2, 0, queries);
        var mixed = nn.functional.scaled_dot_product_attention(
            query, Heads(Part(1, flat, fused), batch, length), Heads(Part(2, flat, fused), batch, length));
        return _output.Apply(mixed.transpose(1, 2).reshape(batch * queries, _config.HiddenSize));
    }

    /// <summary>The fused leaf, or the parts one below the other where some of them are trained.</summary>
    Tensor Weight(Tensor fused) => _parts.Any(p => p.HasOwnWeight) ? cat([.. _parts.Select(p => p.CurrentWeight)]) : fused;

    Tensor? Bias() => _parts.Any(p => p.HasOwnBias) ? cat([.. _parts.Select(p => p.CurrentBias!)]) : _bias;

    Tensor Part(int index, Tensor input, Tensor? fused) => fused is null ? _parts[index].Apply(input)
        : _parts[index].Adapt(input, fused.narrow(1, index * _config.HiddenSize, _config.HiddenSize));

    /// <summary>[b * t, d] -> [b, heads, t, d / heads]</summary>
    Tensor Heads(Tensor part, long batch, long length) =>
        part.view(batch, length, _config.Heads, _config.HeadSize).transpose(1, 2);
}
