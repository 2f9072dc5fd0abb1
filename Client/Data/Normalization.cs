namespace Federated.Client.Data;

/// <summary>Pixel p becomes (p / 255 - mean) / deviation, as a Hugging Face image processor does it.</summary>
public readonly record struct Normalization(float Mean, float Deviation)
{
    /// <summary>What Hugging Face's ViT processor uses when nothing is said: mean 0.5, deviation 0.5.</summary>
    public static Normalization Default { get; } = new(0.5f, 0.5f);

    /// <summary>The value of each of the 256 grey levels.</summary>
    public float[] Table()
    {
        var table = new float[256];
        for (var p = 0; p < 256; p++)
            table[p] = (float)((p / 255.0 - Mean) / Deviation);
        return table;
    }
}
