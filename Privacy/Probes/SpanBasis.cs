using Federated.Aggregators.Adapters;

namespace Federated.Privacy.Probes;

/// <summary>
/// An orthonormal basis of the rows of an update, largest rest first. The gradient of LoRA's A is a combination of the inputs that made it, so an input of the
/// training data lies in this span, and a stranger does not (DAGER, NeurIPS 2024; the algebra for LoRA in docs/privacy.md).
/// </summary>
public sealed class SpanBasis
{
    readonly double[][] _directions;

    SpanBasis(double[][] directions, int width) => (_directions, Width) = (directions, width);

    /// <summary>Directions found.</summary>
    public int Rank => _directions.Length;

    /// <summary>Length of the vectors that can be measured.</summary>
    public int Width { get; }

    /// <summary>The basis of the rows.</summary>
    /// <param name="rows">[count, width], row-major.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="tolerance">A rest below this share of the largest row counts as rounding; default 1e-5, for fp32 updates.</param>
    /// <param name="most">Directions at most; null takes all.</param>
    public static SpanBasis Of(ReadOnlySpan<float> rows, int width, double tolerance = 1e-5, int? most = null)
    {
        var rest = new double[rows.Length / width][];
        for (var i = 0; i < rest.Length; i++)
            rest[i] = [.. rows.Slice(i * width, width).ToArray().Select(v => (double)v)];
        var directions = new List<double[]>();
        var largest = rest.Length == 0 ? 0 : rest.Max(Length);
        while (directions.Count < Math.Min(most ?? rest.Length, Math.Min(rest.Length, width)))
        {
            var next = rest.MaxBy(Length)!;
            if (!(Length(next) > tolerance * largest))
                break;
            // Twice: what the first pass leaves of the earlier directions, by rounding, the second removes.
            var direction = next.ToArray();
            foreach (var known in directions)
                Remove(direction, known);
            Scale(direction, 1 / Length(direction));
            directions.Add(direction);
            foreach (var row in rest)
                Remove(row, direction);
        }
        return new SpanBasis([.. directions], width);
    }

    /// <summary>The basis of a right factor's update, tensor [r, n].</summary>
    public static SpanBasis Of(LayoutTensor tensor, ReadOnlySpan<float> delta, double tolerance = 1e-5) => Of(delta, tensor.Shape[^1], tolerance);

    /// <summary>|v - P v| / |v|, P projecting on the span: 0 for a vector in it, 1 for one across it, and 1 for the zero vector.</summary>
    public double Distance(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Width)
            throw new ArgumentException($"The vector has {vector.Length} elements; the span's have {Width}.", nameof(vector));
        var rest = new double[vector.Length];
        for (var i = 0; i < rest.Length; i++)
            rest[i] = vector[i];
        var length = Length(rest);
        foreach (var direction in _directions)
            Remove(rest, direction);
        return length == 0 ? 1 : Length(rest) / length;
    }

    static void Remove(double[] from, double[] direction)
    {
        var along = 0.0;
        for (var i = 0; i < from.Length; i++)
            along += from[i] * direction[i];
        for (var i = 0; i < from.Length; i++)
            from[i] -= along * direction[i];
    }

    static void Scale(double[] vector, double factor)
    {
        for (var i = 0; i < vector.Length; i++)
            vector[i] *= factor;
    }

    static double Length(double[] vector)
    {
        var squares = 0.0;
        foreach (var v in vector)
            squares += v * v;
        return Math.Sqrt(squares);
    }
}
