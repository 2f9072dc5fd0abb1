namespace Federated.Cli.Aggregation;

/// <summary>Adapters of different base models are never combined, as far as the folders say what they are for.</summary>
static class CommonBase
{
    public static void Require(IReadOnlyList<AdapterFolder> adapters)
    {
        Require(adapters, a => a.BaseDigest, (x, y) => x == y);
        Require(adapters, a => a.BaseName is "" ? null : a.BaseName, IsSame);
    }

    static void Require(IReadOnlyList<AdapterFolder> adapters, Func<AdapterFolder, string?> baseOf, Func<string, string, bool> isSame)
    {
        var known = adapters.Where(a => baseOf(a) is not null).ToList();
        foreach (var other in known.Skip(1))
        {
            if (!isSame(baseOf(known[0])!, baseOf(other)!))
                throw Refused.Combining($"Adapter '{other.Name}' is for base '{baseOf(other)}', '{known[0].Name}' for '{baseOf(known[0])}'; one base is needed.");
        }
    }

    // Sites keep one model in different places: of a path, its last part counts.
    static bool IsSame(string x, string y) => x == y || (IsPath(x) || IsPath(y)) && Path.GetFileName(x.TrimEnd('/')) == Path.GetFileName(y.TrimEnd('/'));

    static bool IsPath(string name) => name[0] is '/' or '.' or '~';
}
