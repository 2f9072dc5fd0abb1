using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class ArrowTests
{
    [Fact]
    public void EveryProductOfTheHouse_Exists() =>
        Assert.Equal(House.Allowed.Keys.Order(), House.Products.Select(project => project.Name).Order());

    [Fact]
    public void ProjectReferences_FollowTheArrows() => Assert.Empty(
        from project in House.Products
        from reference in project.ProjectReferences
        where !House.Allowed[project.Name].Contains(reference)
        select $"{project.Name} -> {reference}");

    [Fact]
    public void Usings_FollowTheArrows() => Assert.Empty(
        from project in House.Products
        from source in project.Sources
        from target in NamedProjects(File.ReadAllText(source))
        where target != project.Name && !House.Allowed[project.Name].Contains(target)
        select $"{Repository.Relative(source)} names {target}");

    [Fact]
    public void Torch_IsUsedOnlyWhereTheHouseSays() => Assert.Empty(
        from project in House.Products
        where !House.MayUseTorch.Contains(project.Name)
        where project.Says("UseTorch") || project.Name != "Federated.Cli" && project.Sources.Any(source => TorchUsing().IsMatch(File.ReadAllText(source)))
        select project.Name);

    [Fact]
    public void Aggregators_TakeNothingFromOutside()
    {
        var aggregators = House.Products.Single(project => project.Name == "Federated.Aggregators");
        Assert.Empty(aggregators.PackageReferences.Except(House.AggregatorsPackages));
    }

    [Fact]
    public void ProductsAndStandIns_DoNotReferenceTestsOrBenchmarks() => Assert.Empty(
        from project in House.Projects
        where !Repository.Relative(project.File).StartsWith("tests/", StringComparison.Ordinal) && !Repository.Relative(project.File).StartsWith("bench/", StringComparison.Ordinal)
        from reference in project.ProjectReferences
        where reference.EndsWith(".Tests", StringComparison.Ordinal) || reference.Contains(".Bench", StringComparison.Ordinal)
        select $"{project.Name} -> {reference}");

    [Fact]
    public void StandIns_DoNotKnowTheProduct() => Assert.Empty(
        from source in Repository.Files("compat", "*.cs")
        where NamedProjects(File.ReadAllText(source)).Any()
        select Repository.Relative(source));

    [Theory]
    [InlineData("using Federated.Server.Rounds;", "Federated.Server")]
    [InlineData("using static Federated.Privacy.Attacks.Recit;", "Federated.Privacy.Attacks")]
    [InlineData("using X = Federated.Client.Peft.LoraMethod;", "Federated.Client")]
    [InlineData("    global::Federated.Client.ClientDaemon.Run();", "Federated.Client")]
    [InlineData("// Federated.Nothing is no project", null)]
    public void NamedProjects_OfASource_AreFound(string source, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], NamedProjects(source));

    static IEnumerable<string> NamedProjects(string source) => ProjectName().Matches(source)
        .Select(match => House.Allowed.Keys.Where(name => match.Value == name || match.Value.StartsWith(name + ".", StringComparison.Ordinal)).MaxBy(name => name.Length))
        .OfType<string>()
        .Distinct();

    [GeneratedRegex(@"\bFederated(\.[A-Z]\w*)+")]
    private static partial Regex ProjectName();

    [GeneratedRegex(@"^\s*(global )?using (static )?TorchSharp", RegexOptions.Multiline)]
    private static partial Regex TorchUsing();
}
