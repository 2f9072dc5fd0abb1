using System.Globalization;
using Federated.Client.Faults;

namespace Federated.Client.Data.Domains;

/// <summary>
/// Makes a <see cref="VisualDomain"/> from its name. A name is one step or several joined by '+', each step
/// <c>name</c> or <c>name:value</c>; the six harsh domains of the vision benchmark are clean, rot90, invert, blur+noise, sobel, scramble.
/// </summary>
public static class DomainCatalog
{
    const int MaximumSteps = 8;

    static readonly Dictionary<string, DomainStep> Steps = new(StringComparer.Ordinal)
    {
        ["clean"] = DomainStep.Plain(() => new PointTransform(v => v)),
        ["rot90"] = DomainStep.Plain(() => new QuarterTurn()),
        ["invert"] = DomainStep.Plain(() => new PointTransform(v => 255 - v)),
        ["sobel"] = DomainStep.Plain(() => new SobelEdges()),
        // A triangle wave: black and white both become white, mid grey becomes black.
        ["fold"] = DomainStep.Plain(() => new PointTransform(v => Math.Abs(2 * v - 255))),
        ["roll"] = new(1, 4095, 14, v => new Roll((int)v)),
        ["blur"] = new(0.1, 10, 1, v => new GaussianBlur(v)),
        ["noise"] = new(0, 255, 40, v => new SensorNoise(v)),
        ["rotate"] = new(-180, 180, 10, v => AffineWarp.Rotation(v)),
        ["zoom"] = new(0.25, 4, 0.8, v => new AffineWarp(1 / v, 0, 0, 1 / v)),
        ["shear"] = new(-2, 2, 0.2, v => new AffineWarp(1, v, 0, 1)),
        ["flip"] = DomainStep.Plain(() => new AffineWarp(-1, 0, 0, 1)),
        ["contrast"] = new(0, 4, 0.6, v => new PointTransform(p => 127.5 + v * (p - 127.5))),
        ["brightness"] = new(-255, 255, 40, v => new PointTransform(p => p + v)),
        ["gamma"] = new(0.1, 10, 1.8, v => new PointTransform(p => 255 * Math.Pow(p / 255, v))),
    };

    static readonly Dictionary<string, string> Composites = new(StringComparer.Ordinal) { ["scramble"] = "roll:14+fold" };

    /// <summary>The six domains of the vision benchmark, in its order.</summary>
    public static IReadOnlyList<string> Harsh { get; } = ["clean", "rot90", "invert", "blur+noise", "sobel", "scramble"];

    /// <summary>Names of all steps, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Steps.Keys.Concat(Composites.Keys).Order(StringComparer.Ordinal)];

    /// <exception cref="ClientFault">F512: a step is unknown, or its value is out of range.</exception>
    public static VisualDomain Parse(string name)
    {
        var steps = string.Join('+', name.Split('+').Select(s => Composites.GetValueOrDefault(s, s))).Split('+');
        if (steps.Length > MaximumSteps)
            throw ClientFaults.Domain($"Domain '{name}' has {steps.Length} steps; at most {MaximumSteps} are allowed.");
        return new VisualDomain(name, [.. steps.Select(s => ParseStep(name, s))]);
    }

    static IImageTransform ParseStep(string domain, string step)
    {
        var colon = step.IndexOf(':');
        var key = colon < 0 ? step : step[..colon];
        if (!Steps.TryGetValue(key, out var known))
            throw ClientFaults.Domain($"Domain '{domain}' names the unknown step '{key}'. Known: {string.Join(", ", Names)}.");
        if (colon < 0)
            return known.Create(known.Default);
        if (!known.TakesValue)
            throw ClientFaults.Domain($"Step '{key}' of domain '{domain}' takes no value.");
        if (!double.TryParse(step[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !(value >= known.Minimum && value <= known.Maximum))
            throw ClientFaults.Domain($"Step '{step}' of domain '{domain}' needs a value from {known.Minimum} to {known.Maximum}.");
        return known.Create(value);
    }
}
