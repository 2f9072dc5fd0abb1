using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A frozen base model with places where adapters attach. Images or token ids go in, logits come out.</summary>
public interface IFoundationModel : IDisposable
{
    /// <summary>The <c>model_type</c> of its config.json.</summary>
    string ModelType { get; }

    /// <summary>What it takes.</summary>
    Modality Takes { get; }

    /// <summary>Digest of the base as architecture.md defines it, 64 lower-case hexadecimal digits; empty for a model not yet saved.</summary>
    string BaseDigest { get; }

    /// <summary>Every place an adapter can attach to, in the model's own order; the head is the one of kind Head.</summary>
    IReadOnlyList<ModelSite> Sites { get; }

    /// <summary>Which of them methods take by default.</summary>
    DefaultTargets Targets { get; }

    /// <summary>The base's own tensors as leaves, frozen unless somebody trains the base itself.</summary>
    IReadOnlyList<Parameter> BaseParameters { get; }

    /// <summary>Logits of a batch; the caller owns the result.</summary>
    Tensor Forward(Tensor inputs);
}
