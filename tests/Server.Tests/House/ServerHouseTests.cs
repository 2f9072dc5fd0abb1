using System.Text.RegularExpressions;
using Server.Tests.Faults;

namespace Server.Tests.House;

/// <summary>Rules of the server's own house, read from its source.</summary>
public sealed partial class ServerHouseTests
{
    static readonly string Server = Repository.PathOf("Server");

    static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Faults"] = ["Storage"],
        ["Storage"] = ["Faults"],
        ["Fleet"] = ["Faults", "Storage"],
        ["Identity"] = ["Faults", "Storage", "Fleet"],
        ["Planning"] = [],
        ["Privacy"] = ["Faults", "Storage", "Fleet", "Rounds", "Runs"],
        ["Rounds"] = ["Faults", "Storage", "Fleet", "Runs", "Planning", "Privacy"],
        ["Runs"] = ["Faults", "Storage", "Fleet", "Rounds", "Aggregation", "Planning", "Privacy"],
        ["Aggregation"] = ["Faults", "Storage", "Rounds", "Runs", "Planning", "Privacy"],
        ["Transport"] = ["Faults", "Storage", "Fleet", "Identity", "Rounds", "Runs", "Aggregation", "Planning", "Privacy"],
        ["Operator"] = ["Faults", "Storage", "Fleet", "Identity", "Rounds", "Runs", "Aggregation", "Hosting", "Privacy"],
        ["Dashboard"] = ["Faults"],
        ["Telemetry"] = ["Fleet", "Rounds", "Runs"],
        ["Hosting"] = ["Faults", "Storage", "Fleet", "Identity", "Rounds", "Runs", "Aggregation", "Transport", "Operator", "Dashboard", "Privacy", "Telemetry"],
    };

    [Fact]
    public void Folders_FollowTheArrows() => Assert.Empty(
        from source in Sources()
        let folder = Folder(source)
        where folder is not null
        from Match use in Feature().Matches(File.ReadAllText(source))
        let target = use.Groups[1].Value
        where target != folder && !MayUse[folder].Contains(target)
        select $"{Path.GetRelativePath(Server, source)} uses {target}");

    [Fact]
    public void RoundsAndFleet_StayOnTheirOwnThread() => Assert.Empty(
        from source in Sources()
        where Folder(source) is "Rounds" or "Fleet"
        where ThreadHop().IsMatch(File.ReadAllText(source))
        select Path.GetRelativePath(Server, source));

    [Fact]
    public void GeneratedTypes_StopAtTheMapping() => Assert.Equal(
        ["AdapterTransferService.cs", "CoordinationService.cs", "InProcessTransport.cs", "ProtoMapping.cs", "UploadFrames.cs"],
        Sources().Where(s => File.ReadAllText(s).Contains("Federated.Protos", StringComparison.Ordinal)).Select(s => Path.GetFileName(s)!).Order(StringComparer.Ordinal));

    [Fact]
    public void StatusCodes_AreKnownToTheCatalogAlone() => Assert.Equal(
        ["FaultCatalog.cs", "FaultDescription.cs"],
        Sources().Where(s => StatusCode().IsMatch(File.ReadAllText(s))).Select(s => Path.GetFileName(s)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Clocks_ArePassedIn() => Assert.Empty(
        Sources().Where(s => Clock().IsMatch(File.ReadAllText(s))).Select(s => Path.GetRelativePath(Server, s)));

    static IEnumerable<string> Sources() => Directory.EnumerateFiles(Server, "*.cs", SearchOption.AllDirectories);

    static string? Folder(string source) => Path.GetRelativePath(Server, source).Split(Path.DirectorySeparatorChar) is [var folder, _, ..] ? folder : null;

    [GeneratedRegex(@"using Federated\.Server\.(\w+)")]
    private static partial Regex Feature();

    [GeneratedRegex(@"Task\.Run|ConfigureAwait\(false\)|new Thread\(")]
    private static partial Regex ThreadHop();

    [GeneratedRegex(@"\bStatusCode\.\w|\bStatusCode Grpc")]
    private static partial Regex StatusCode();

    [GeneratedRegex(@"DateTime(Offset)?\.(UtcNow|Now)|Stopwatch|Environment\.TickCount")]
    private static partial Regex Clock();
}
