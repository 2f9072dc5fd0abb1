namespace Federated.Aggregators.Strategies;

/// <summary>One strategy's view of the state: reads see the last round, writes make the next. Names are prefixed by the strategy's own.</summary>
public sealed class StateAccess
{
    readonly string _prefix;
    readonly StrategyState _last;
    readonly Dictionary<string, float[]> _next;

    internal StateAccess(string prefix, StrategyState last, Dictionary<string, float[]> next) => (_prefix, _last, _next) = (prefix + "/", last, next);

    /// <summary>Last round's values, or empty.</summary>
    public ReadOnlySpan<float> Read(string name) => _last[_prefix + name];

    /// <summary>Keeps values for the next round; the array is taken over.</summary>
    public void Write(string name, float[] values) => _next[_prefix + name] = values;
}
