using System.Text.RegularExpressions;
using Federated.Server.Faults;

namespace Server.Tests.Faults;

public sealed partial class FaultCatalogTests
{
    [Fact]
    public void Catalog_EveryFault_HasOneUniqueCodeOfItsFamily()
    {
        Assert.Equal(Enum.GetValues<Fault>(), FaultCatalog.All.Select(d => d.Fault));
        Assert.Equal(FaultCatalog.All.Count, FaultCatalog.All.Select(d => d.Code).Distinct().Count());
        Assert.All(FaultCatalog.All, d => Assert.Matches("^F[1-5][0-9]{2}$", d.Code));
        Assert.DoesNotContain(FaultCatalog.All, d => d.Grpc == Grpc.Core.StatusCode.OK || d.Http < 400);
    }

    [Fact]
    public void Document_SaysExactlyWhatTheCatalogSays()
    {
        var documented = Heading().Matches(File.ReadAllText(Repository.PathOf("docs/errors.md")))
            .Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value} {m.Groups[3].Value} {m.Groups[4].Value}");

        Assert.Equal(FaultCatalog.All.Select(d => $"{d.Code} {d.Title} {Name(d)} {d.Http}"), documented);
    }

    [Fact]
    public void ToRefusal_UnexpectedException_TellsNothingOfIt()
    {
        var refusal = FaultCatalog.ToRefusal(new InvalidOperationException("/secret/path of client-x"));

        Assert.Equal(Fault.Unexpected, refusal.Fault);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, Fault.DiskFull)]
    [InlineData(5, Fault.StoreUnavailable)]
    public void ToRefusal_Errno_IsTold(int errno, object fault) => Assert.Equal((Fault)fault, FaultCatalog.ToRefusal(new IOException("x", errno)).Fault);

    [Fact]
    public void ToRpc_Detail_BeginsWithTheCode() =>
        Assert.StartsWith("F304: ", FaultCatalog.ToRpc(new Refusal(Fault.BaseDiffers, "x")).Status.Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData(Fault.BaseDiffers, "f304-the-base-model-differs")]
    [InlineData(Fault.HeaderMalformed, "f206-the-updates-header-cannot-be-read")]
    public void Anchor_IsThatOfTheHeading(object fault, string anchor) => Assert.Equal(anchor, FaultCatalog.Anchor(FaultCatalog.Of((Fault)fault)));

    static string Name(FaultDescription description) => Upper().Replace(description.Grpc.ToString(), "$1_$2").ToUpperInvariant();

    [GeneratedRegex(@"^### (F\d{3}) ([^\n]+)\n\n`([A-Z_]+)`, HTTP (\d{3})\.", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Upper();
}
