using System.Globalization;
using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Hostile;

/// <summary>One line of numbers.json: a random case of 4 clients, 9 x 7 at rank 3, unless it says otherwise, made hostile.</summary>
sealed class HostileCase
{
    readonly JsonElement _json;

    HostileCase(JsonElement json) => _json = json;

    public static IReadOnlyList<HostileCase> All { get; } = [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Hostile", "numbers.json")))
        .RootElement.GetProperty("cases").EnumerateArray().Select(c => new HostileCase(c))];

    public string Name => _json.GetProperty("name").GetString()!;

    /// <summary>finite, refused, or either.</summary>
    public string Expect => _json.GetProperty("expect").GetString()!;

    public string? Message => _json.TryGetProperty("message", out var message) ? message.GetString() : null;

    public FoldInput Input()
    {
        var rank = (int)Number("rank", 3);
        var c = new FoldCase(Name.Length, (int)Number("clients", 4), rank, 0, [((int)Number("m", 9), (int)Number("n", 7))], Number("drift", 0.1));
        foreach (var tensors in c.Deltas.Append(c.Previous))
            Spoil(tensors, c.Layout);
        if (_json.TryGetProperty("cancel", out _))
            Cancel(c);
        return c.Input with { Contributions = [.. c.Input.Contributions.Select((k, i) => k with { Samples = Weight(i, k.Samples), Delta = Delta(c, i) })] };
    }

    /// <summary>The clients' weighted mean by the definition: start plus decoded delta.</summary>
    public double[] Mean(FoldInput input)
    {
        var mean = new double[input.Previous.Values.Length];
        var largest = input.Contributions.Max(k => k.Samples);
        var total = input.Contributions.Sum(k => k.Samples / largest);
        foreach (var client in input.Contributions)
        {
            foreach (var tensor in input.Previous.Layout.Tensors)
            {
                var delta = new float[tensor.Elements];
                client.Delta.Read(tensor.Index, 0, delta);
                for (var i = 0; i < delta.Length; i++)
                    mean[tensor.ElementOffset + i] += client.Samples / largest / total * ((double)input.Previous[tensor][i] + delta[i]);
            }
        }
        return mean;
    }

    void Spoil(AdapterTensors tensors, AdapterLayout layout)
    {
        foreach (var tensor in layout.Tensors)
        {
            var values = tensors[tensor];
            var scale = Number("scale", 1) * Number(tensor.Role == "lora_A" ? "scale_a" : "scale_b", 1);
            if (_json.TryGetProperty("clear", out var roles) && roles.EnumerateArray().Any(r => r.GetString() == tensor.Role))
                scale = 0;
            foreach (ref var x in values)
                x = (float)(x * scale);
            if (tensor.Role == "lora_A" && _json.TryGetProperty("collinear", out var distance))
                Collinear(values, tensor.Shape[1], distance.GetDouble());
        }
    }

    // Every row becomes the first and a little of its own.
    static void Collinear(Span<float> rows, int width, double distance)
    {
        for (var i = width; i < rows.Length; i++)
            rows[i] = (float)(rows[i % width] + distance * rows[i]);
    }

    static void Cancel(FoldCase c)
    {
        Array.Fill(c.Samples, 1);
        for (var t = 0; t < 2; t++)
        {
            c.Previous[t].Clear();
            for (var i = 0; i < c.Deltas[0][t].Length; i++)
                c.Deltas[1][t][i] = -c.Deltas[0][t][i];
        }
    }

    EncodedDelta Delta(FoldCase c, int client) =>
        Trial.Encoded(c, client, _json.TryGetProperty("encoding", out var name) ? Enum.Parse<TensorEncoding>(name.GetString()!) : TensorEncoding.F32);

    double Weight(int client, double otherwise)
    {
        if (!_json.TryGetProperty("weights", out var weights))
            return otherwise;
        var weight = weights[client];
        return weight.ValueKind == JsonValueKind.String ? double.Parse(weight.GetString()!, CultureInfo.InvariantCulture) : weight.GetDouble();
    }

    double Number(string name, double otherwise) => _json.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
}
