namespace Federated.Client.Models;

/// <summary>Where a model's initial values come from: a checkpoint, or an initialisation.</summary>
interface IWeightSource
{
    /// <summary>Values of one tensor, row-major.</summary>
    /// <param name="name">As in the checkpoint.</param>
    /// <param name="shape">What the model needs.</param>
    float[] Read(string name, params ReadOnlySpan<long> shape);
}
