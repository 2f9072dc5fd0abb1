namespace Federated.Aggregators.Strategies.LoraFair;

/// <summary>What LoRA-FAIR's lambda is measured in.</summary>
enum LambdaMode
{
    /// <summary>lambda itself.</summary>
    Absolute,
    /// <summary>lambda * ||M||^2, exact up to 256 columns and estimated with 32 sign vectors above; 0.02 mirrors the paper's 0.01 on the cosine.</summary>
    RelativeToUpdate,
    /// <summary>lambda * tr(G) / r, which depends neither on the layer's scale nor on its rank.</summary>
    RelativeToGram,
}
