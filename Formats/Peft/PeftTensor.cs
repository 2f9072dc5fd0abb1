namespace Federated.Formats.Peft;

/// <summary>A tensor of a peft adapter, widened to fp32.</summary>
/// <param name="name">peft's name.</param>
/// <param name="shape">Sizes, outermost first.</param>
/// <param name="make">Makes its values, row-major.</param>
public sealed class PeftTensor(string name, IReadOnlyList<long> shape, Func<float[]> make)
{
    /// <summary>A tensor whose values are in memory; the array is not copied.</summary>
    public PeftTensor(string name, IReadOnlyList<long> shape, float[] values) : this(name, shape, () => values) { }

    /// <summary>peft's name.</summary>
    public string Name => name;

    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>Row-major; made whenever it is asked for where the values are not in memory.</summary>
    public float[] Values => make();
}
