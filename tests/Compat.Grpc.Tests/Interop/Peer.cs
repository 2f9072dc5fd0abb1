using System.Diagnostics;

namespace Compat.Grpc.Tests.Interop;

/// <summary>A stock gRPC implementation that runs in a process of its own; it ends when its standard input closes.</summary>
public sealed class Peer : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    readonly Process _process;

    Peer(Process process) => _process = process;

    public static Peer Start(string peer, string role, params string[] arguments) => new(Process.Start(peer switch
    {
        "grpcio" => GrpcioStubs.Command(role, arguments),
        "grpc-js" => NodeCommand(role, arguments),
        _ => throw new ArgumentOutOfRangeException(nameof(peer), peer, "Unknown peer."),
    })!);

    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit)
        ?? throw new InvalidOperationException($"The peer ended: {await _process.StandardError.ReadToEndAsync()}");

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        return await ReadLineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    static ProcessStartInfo NodeCommand(string role, string[] arguments)
    {
        var folder = Repository.Path("tests", "Interop");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "grpc-js")))
            throw new InvalidOperationException("The peer grpc-js is not installed. Run: npm ci --prefix tests/Interop");
        return Redirected("node", [Path.Combine(folder, $"{role}.js"), .. arguments]);
    }

    public static ProcessStartInfo Redirected(string file, string[] arguments) => new(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
