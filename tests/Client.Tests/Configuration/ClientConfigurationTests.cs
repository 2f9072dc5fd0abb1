using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Configuration;

public sealed class ClientConfigurationTests : IDisposable
{
    const string Minimal = """
        {"id":"site-a","server":"http://127.0.0.1:5081","state":"s","model":"m","data":{"images":"i","labels":"l","indices":{"from":30000,"count":400}},"runs":["a-*","b"]}
        """;

    readonly TestFolder _folder = new();

    [Fact]
    public void Read_FileEnvironmentAndFlags_TheLaterWins()
    {
        var read = Read(Minimal, new() { ["FEDERATED__DATA__DOMAIN"] = "rot90", ["FEDERATED__ID"] = "site-b", ["PATH"] = "x" }, new() { ["id"] = "site-c" });
        Assert.Equal(("site-c", "rot90", 30000, 400), (read.Id, read.Data.Domain, read.Data.Indices.From, read.Data.Indices.Count));
        Assert.Equal(["a-*", "b"], read.Runs);
        Assert.Equal((1, false, 200), (read.Threads, read.ExitWhenIdle, read.Reconnect.InitialMs));
    }

    [Fact]
    public void Read_EnvironmentInCapitals_FindsTheKeyWhateverItsCase() =>
        Assert.Equal("e", Read(Minimal, new() { ["FEDERATED__DATA__EVALIMAGES"] = "e", ["FEDERATED__DATA__EVALLABELS"] = "f" }).Data.EvalImages);

    [Fact]
    public void Read_ManyErrors_NamesEachAtOnce()
    {
        var fault = Fault("""
            {"id":"Site A","server":"ftp://x","threads":0,"data":{"images":"i","domian":"rot90","domain":"blurr","evalImages":"e","skew":"x"},"reconnect":{"initialMs":500,"maxMs":10}}
            """);
        Assert.Equal(("F514", ClientExit.Usage), (fault.Code, fault.Exit));
        Assert.All(["'Site A'", "ftp://x", "threads (file) is '0'", "did you mean 'data.domain'", "blurr", "model is missing", "state is missing",
            "data.labels is missing", "data.evalImages and data.evalLabels", "skew", "reconnect.maxMs is 10"],
            part => Assert.Contains(part, fault.Message, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain('\n', fault.Line);
    }

    [Theory]
    [InlineData("", "no valid JSON")]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("{\"id\":", "no valid JSON")]
    public void Read_BrokenFile_NamesFileAndReason(string content, string expected)
    {
        var fault = Fault(content);
        Assert.Equal("F515", fault.Code);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("client.json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ClearTextToAnotherMachine_Refuses() =>
        Assert.Contains("loopback", Fault(Minimal.Replace("127.0.0.1", "example.org", StringComparison.Ordinal)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_UnknownFlag_NamesTheNearest()
    {
        var fault = Assert.Throws<ClientFault>(() => Read(Minimal, flags: new() { ["sever"] = "x" }));
        Assert.Contains("did you mean 'server'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fashion-*", "fashion-fair", true)]
    [InlineData("fashion-*", "old-fashion-fair", false)]
    [InlineData("*", "anything", true)]
    [InlineData("a.b", "axb", false)]
    [InlineData("*-fair", "x-fair", true)]
    public void Wants_Patterns_MatchAsWritten(string pattern, string run, bool wanted) =>
        Assert.Equal(wanted, new RunFilter([pattern]).Wants(run));

    public void Dispose() => _folder.Dispose();

    ClientConfiguration Read(string json, Dictionary<string, string>? environment = null, Dictionary<string, string>? flags = null)
    {
        File.WriteAllText(_folder["client.json"], json);
        return ClientConfigurationReader.Read(_folder["client.json"], environment ?? [], flags ?? []);
    }

    ClientFault Fault(string json) => Assert.Throws<ClientFault>(() => Read(json));
}
