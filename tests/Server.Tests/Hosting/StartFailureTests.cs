using System.Net;
using System.Net.Sockets;
using Server.Tests.Kit;

namespace Server.Tests.Hosting;

public sealed class StartFailureTests : IDisposable
{
    readonly TemporaryFolder _data = new();

    [Fact]
    public async Task Start_SecondServerOnTheFolder_ExitsWithOneLine()
    {
        using var first = await ServerProcess.StartAsync(_data.Path);
        await AssertFailsAsync(3, "error F408: ", "--http-port", "0", "--grpc-port", "0");
    }

    [Fact]
    public async Task Start_TakenPort_ExitsWithOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString();
        await AssertFailsAsync(3, "error F505: ", "--http-port", "0", "--grpc-port", port);
    }

    [Fact]
    public Task Start_UnknownOption_IsUsage() => AssertFailsAsync(2, "error F501: ", "--nonsense");

    async Task AssertFailsAsync(int exitCode, string line, params string[] arguments)
    {
        using var process = ServerProcess.Spawn(_data.Path, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().DefaultTimeout();
        Assert.Equal(exitCode, process.ExitCode);
        Assert.StartsWith(line, await error, StringComparison.Ordinal);
        Assert.Single((await error).Trim().Split('\n'));
        Assert.Empty(await output);
    }

    public void Dispose() => _data.Dispose();
}
