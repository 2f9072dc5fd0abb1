using System.Globalization;
using Federated.Aggregators.Json;
using Federated.Client.Faults;

namespace Federated.Client.Peft;

/// <summary>The <c>--set key=value</c> pairs of one method; whatever it does not ask for is refused.</summary>
public sealed class MethodOptions(string method, IReadOnlyDictionary<string, string> values)
{
    readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    public string Method => method;

    public string Text(string key, string fallback)
    {
        _asked.Add(key);
        return values.GetValueOrDefault(key, fallback);
    }

    public int Integer(string key, int fallback, int minimum, int maximum)
    {
        var text = Text(key, fallback.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum ? value
            : throw Wrong(key, text, $"a whole number from {minimum} to {maximum}");
    }

    /// <summary>A number above 0 and at most <paramref name="maximum"/>.</summary>
    public double Positive(string key, double fallback, double maximum)
    {
        var text = Text(key, fallback.ToString(CultureInfo.InvariantCulture));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= maximum ? value
            : throw Wrong(key, text, $"a number above 0 and at most {maximum}");
    }

    public string Choice(string key, string fallback, params ReadOnlySpan<string> choices)
    {
        var text = Text(key, fallback);
        return choices.Contains(text) ? text : throw Wrong(key, text, string.Join(" or ", choices.ToArray().Select(c => $"'{c}'")));
    }

    /// <exception cref="ClientFault">F522: a key was given that the method did not ask for.</exception>
    public void Done()
    {
        foreach (var key in values.Keys)
        {
            if (!_asked.Contains(key))
                throw ClientFaults.Method(NearestName.Sentence($"Option of method '{method}'", key, _asked));
        }
    }

    ClientFault Wrong(string key, string text, string wanted) =>
        ClientFaults.Method($"Option {key} of method '{method}' is '{NearestName.Shorten(text)}'; {wanted} is needed.");
}
