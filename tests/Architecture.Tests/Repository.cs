using System.Runtime.CompilerServices;

namespace Architecture.Tests;

/// <summary>Finds the repository's own files, whatever folder the test runs in.</summary>
static class Repository
{
    static readonly string[] Ignored = ["artifacts", "node_modules", "obj", "bin", ".git"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(ThisFolder(), "..", ".."));

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split('/').Intersect(Ignored).Any())
            .Order(StringComparer.Ordinal);

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
