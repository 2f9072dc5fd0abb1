using Federated.Server.Faults;
using Federated.Server.Hosting;
using Server.Tests.Kit;

namespace Server.Tests.Hosting;

public sealed class ServerArgumentsTests
{
    [Fact]
    public void Parse_FlagBeatsEnvironmentBeatsFile()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "server.json");
        File.WriteAllText(file, """{"data":"from-file","httpPort":1,"grpcPort":2,"threads":3}""");
        var environment = new Dictionary<string, string> { ["FEDERATED__HTTP_PORT"] = "11", ["FEDERATED__GRPC_PORT"] = "12" };

        var arguments = ServerArguments.Parse(["--config", file, "--grpc-port=22"], environment.GetValueOrDefault);

        Assert.Equal(new ServerArguments("from-file", 11, 22, 3), arguments);
    }

    [Theory]
    [InlineData("--data", "--data needs a value")]
    [InlineData("--http-port 1", "--data is missing")]
    [InlineData("--data d --http-port 70000", "--http-port is '70000'; 0 to 65535")]
    [InlineData("--data d --threads 0", "--threads is '0'; 1 to 256")]
    [InlineData("--data d --data e", "--data is given twice")]
    [InlineData("--dta d", "did you mean '--data'")]
    [InlineData("--config /nowhere/x.json", "cannot be read")]
    public void Parse_Wrong_NamesIt(string line, string message) =>
        Assert.Contains(message, Assert.Throws<FaultException>(() => ServerArguments.Parse(line.Split(' '), _ => null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_FileWithUnknownKey_NamesTheNearest()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "server.json");
        File.WriteAllText(file, """{"data":"d","httpport":1}""");
        Assert.Contains("did you mean 'httpPort'", Assert.Throws<FaultException>(() => ServerArguments.Parse(["--config", file], _ => null)).Message, StringComparison.Ordinal);
    }
}
