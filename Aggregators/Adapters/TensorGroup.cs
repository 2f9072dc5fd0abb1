namespace Federated.Aggregators.Adapters;

/// <summary>Tensors that act together at one site. The unit of weighting, of aggregation and of diagnostics.</summary>
/// <param name="Name">Unique in the schema, 1 to 512 characters.</param>
/// <param name="Site">Where it attaches.</param>
/// <param name="Algebra">How it acts.</param>
/// <param name="Tensors">1 to 8 tensors, in wire order.</param>
public sealed record TensorGroup(string Name, Site Site, Algebra Algebra, IReadOnlyList<TensorSpec> Tensors)
{
    /// <summary>The factors and their scale; present exactly when <see cref="Algebra"/> is Product.</summary>
    public ProductForm? Product { get; init; }

    /// <summary>What an update reveals.</summary>
    public PrivacyClass Privacy { get; init; } = PrivacyClass.Weights;

    /// <summary>Factor on the client's learning rate, above 0 and at most 1e6; default 1.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Index of the tensor with a role.</summary>
    /// <exception cref="ArgumentException">No tensor has it.</exception>
    public int IndexOf(string role)
    {
        for (var i = 0; i < Tensors.Count; i++)
        {
            if (Tensors[i].Role == role)
                return i;
        }
        throw new ArgumentException($"Group '{Name}' has no tensor with role '{role}'. Roles: {string.Join(", ", Tensors.Select(t => t.Role))}.", nameof(role));
    }
}
