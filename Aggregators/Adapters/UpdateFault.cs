namespace Federated.Aggregators.Adapters;

/// <summary>Why an update cannot be accepted.</summary>
public enum UpdateFault
{
    /// <summary>It was made for another schema.</summary>
    WrongSchema,
    /// <summary>It was trained on another base model.</summary>
    WrongBase,
    /// <summary>It was made for another plan version.</summary>
    WrongPlan,
    /// <summary>A tensor is not in the layout, or is not trained.</summary>
    UnknownTensor,
    /// <summary>A tensor occurs twice.</summary>
    DuplicateTensor,
    /// <summary>A trained tensor is missing.</summary>
    MissingTensor,
    /// <summary>The tensors are not in layout order.</summary>
    WrongOrder,
    /// <summary>A tensor has another shape.</summary>
    WrongShape,
    /// <summary>A tensor is in another encoding than the one agreed on.</summary>
    WrongEncoding,
    /// <summary>A declared or actual size is not the schema's.</summary>
    WrongSize,
    /// <summary>Bytes are no valid tensor of their encoding.</summary>
    Malformed,
    /// <summary>A value is NaN or infinite.</summary>
    NotFinite,
    /// <summary>The update's norm exceeds the cap.</summary>
    NormTooLarge,
}
