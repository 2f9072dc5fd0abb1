using System.Diagnostics;
using System.Net;
using Federated.Formats.Digests;
using Server.Tests.Kit;

namespace Server.Tests.Hosting;

/// <summary>A small tmpfs as the data folder, where the tests may mount one (root).</summary>
public sealed class FullDiskProcessTests : IDisposable
{
    readonly TemporaryFolder _data = new();
    readonly bool _mounted;

    public FullDiskProcessTests() => _mounted = Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _data.Path) == 0;

    [Fact]
    public async Task Blob_LargerThanTheDisk_IsRefusedAndOthersGoOn()
    {
        Assert.SkipUnless(_mounted, "No tmpfs could be mounted.");
        using var server = await ServerProcess.StartAsync(_data.Path);
        var large = new byte[6 << 20];

        using var refused = await server.Http.PutAsync($"api/v1/blobs/{TreeDigest.Of(large)}", new ByteArrayContent(large));
        using var taken = await server.Http.PutAsync($"api/v1/blobs/{TreeDigest.Of([1])}", new ByteArrayContent([1]));

        Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        Assert.Contains("F401", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Start_OnAFullDisk_ExitsWithOneLineNamingThePath()
    {
        Assert.SkipUnless(_mounted, "No tmpfs could be mounted.");
        await FillAsync();
        using var process = ServerProcess.Spawn(_data.Path, "--http-port", "0", "--grpc-port", "0");
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().DefaultTimeout();

        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("error F401: ", await error, StringComparison.Ordinal);
        Assert.Contains(_data.Path, await error, StringComparison.Ordinal);
        Assert.Single((await error).Trim().Split('\n'));
    }

    async Task FillAsync()
    {
        await using var file = File.Create(Path.Combine(_data.Path, "fill"), bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full, which is what was wanted.
        }
    }

    static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (_mounted)
            Run("umount", _data.Path);
        _data.Dispose();
    }
}
