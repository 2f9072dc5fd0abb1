namespace Federated.Aggregators.Adapters;

/// <summary>The kind of place in the frozen base model that a tensor group attaches to.</summary>
public enum SiteKind
{
    /// <summary>A matrix product; its path is the module's name.</summary>
    Linear,
    /// <summary>A normalisation layer.</summary>
    Norm,
    /// <summary>A token or position table.</summary>
    Embedding,
    /// <summary>The residual stream at a block, where bottleneck adapters and block scales act.</summary>
    BlockResidual,
    /// <summary>Vectors put before the input tokens.</summary>
    InputTokens,
    /// <summary>Keys and values put before those of an attention layer.</summary>
    AttentionKv,
    /// <summary>The kernel state of an attention layer (NTK-attention).</summary>
    AttentionKernel,
    /// <summary>The output head.</summary>
    Head,
}
