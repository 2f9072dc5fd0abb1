using System.Text.Json.Nodes;
using Federated.Protos.V1;
using Federated.Server.Transport.Seam;

namespace Server.Tests.Kit;

/// <summary>Finds the server anew for every connection, as it comes back on other ports.</summary>
sealed class RestartableWire(string data) : IWire, IDisposable
{
    readonly Lock _gate = new();
    (string Address, GrpcWire Wire)? _current;

    public IMessageStream<ServerMessage, ClientMessage> Connect(string token, CancellationToken stopping) => Current().Connect(token, stopping);

    public Task<UploadOutcome> UploadAsync(string token, UploadOpen open, byte[] bytes, CancellationToken stopping) => Current().UploadAsync(token, open, bytes, stopping);

    public Task<byte[]> DownloadAsync(string token, byte[] digest, CancellationToken stopping) => Current().DownloadAsync(token, digest, stopping);

    public void Dispose() => _current?.Wire.Dispose();

    GrpcWire Current()
    {
        var address = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(data, "endpoints.json")))!["grpc"]!;
        lock (_gate)
        {
            if (_current?.Address != address)
            {
                _current?.Wire.Dispose();
                _current = (address, new GrpcWire(address));
            }
            return _current.Value.Wire;
        }
    }
}
