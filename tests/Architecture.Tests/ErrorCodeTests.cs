using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>Every code that a program can print has its place in docs/errors.md, and no code means two things.</summary>
public sealed partial class ErrorCodeTests
{
    static readonly string[] Programs = ["Server", "Client", "Cli"];

    static readonly HashSet<string> Documented = [.. Code().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/errors.md"))).Select(match => match.Value)];

    [Fact]
    public void EveryCodeInTheSources_IsDocumented() => Assert.Empty(Programs.SelectMany(Codes).Distinct().Except(Documented));

    [Fact]
    public void EveryCodeInTheScript_IsDocumented() =>
        Assert.Empty(Code().Matches(File.ReadAllText(Path.Combine(Repository.Root, "federated"))).Select(match => match.Value).Except(Documented));

    [Fact]
    public void NoCode_IsMintedByTwoPrograms() => Assert.Empty(
        Programs.SelectMany(program => Codes(program).Distinct().Select(code => (Program: program, Code: code)))
            .GroupBy(minted => minted.Code).Where(group => group.Count() > 1).Select(group => group.Key));

    /// <summary>Codes as string literals; a comment may name another program's code.</summary>
    static IEnumerable<string> Codes(string program) => Repository.Files(program, "*.cs")
        .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));

    [GeneratedRegex(@"\bF[1-5]\d\d\b")]
    private static partial Regex Code();

    [GeneratedRegex("\"(?:error )?(F[1-5]\\d\\d)[\":]")]
    private static partial Regex Literal();
}
