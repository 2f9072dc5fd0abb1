using System.Text;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Tests.Shared;

namespace Federated.Aggregators.Tests.Strategies;

public sealed class StrategyCatalogTests
{
    static readonly StrategyCatalog Catalog = StrategyCatalog.Default;

    [Theory]
    [InlineData("""{"bundle":"fedti"}""", "did you mean 'fedit'")]
    [InlineData("""{"product":"fedit","weigher":{"name":"samples","options":{"lamda":1}}}""", "weigher.options: field 'lamda' is unknown")]
    [InlineData("""{"server_optimizer":"none"}""", "did you mean 'server_optimiser'")]
    [InlineData("""{"affine":"fedit"}""", "Affine strategy 'fedit' is unknown; did you mean")]
    public void Compose_UnknownName_NamesTheNearestKnownOne(string json, string message)
    {
        var e = Assert.Throws<FormatException>(() => Catalog.Compose(FoldSpec.Parse(Encoding.UTF8.GetBytes(json))));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void ToJson_ParsedAgain_GivesSameBytes()
    {
        var spec = FoldSpec.Parse("""{"bundle":"fedit","weigher":{"name":"samples","options":{}}}"""u8);
        Assert.Equal(spec.ToJson(), FoldSpec.Parse(spec.ToJson()).ToJson());
    }

    [Fact]
    public void Compose_EveryBundle_HasKnownParts() =>
        Assert.All(Catalog.Bundles, b => Assert.NotNull(Catalog.Compose(FoldSpec.Of(b.Name))));

    [Fact]
    public void Refusals_FedItWithSumsOnly_AreNone() =>
        Assert.Empty(Catalog.Refusals(FoldSpec.Of("fedit"), new FoldRequirements { LinearSum = true }, Schemas.Lora(4, 1, (3, 3))));

    [Fact]
    public void Catalog_EveryStrategy_HasItsPage() =>
        Assert.All(Enum.GetValues<StrategyKind>().SelectMany(Catalog.Of), s => Assert.Contains($"`{s.Name}`", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Pages", s.Name + ".md"))));

    [Fact]
    public void Catalog_EveryBundleOfItsOwn_HasItsPage() =>
        Assert.All(Catalog.Bundles.Where(b => !b.Name.StartsWith("fedpeft-", StringComparison.Ordinal) && b.Name != "lora-fair-momentum"),
            b => Assert.Contains("bundle", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Pages", b.Name + ".md"))));

    [Fact]
    public void Configure_EveryStrategy_RefusesAnUnknownOption()
    {
        foreach (var kind in Enum.GetValues<StrategyKind>())
        {
            foreach (var strategy in Catalog.Of(kind))
            {
                var rule = new RuleSpec(strategy.Name, """{"no_such_option":1}""");
                var spec = kind switch
                {
                    StrategyKind.Weigher => new FoldSpec { Weigher = rule },
                    StrategyKind.Product => new FoldSpec { Product = rule },
                    StrategyKind.Affine => new FoldSpec { Affine = rule },
                    StrategyKind.Opaque => new FoldSpec { Opaque = rule },
                    StrategyKind.SeedTrace => new FoldSpec { SeedTrace = rule },
                    _ => new FoldSpec { ServerOptimiser = rule },
                };
                Assert.Contains("no_such_option", Assert.Throws<FormatException>(() => Catalog.Compose(spec)).Message);
            }
        }
    }
}
