namespace Federated.Client.Configuration;

/// <summary>What a site's administrator decides.</summary>
public sealed record ClientConfiguration
{
    /// <summary>Client id, <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</summary>
    public required string Id { get; init; }

    /// <summary>gRPC address of the coordinator.</summary>
    public required Uri Server { get; init; }

    /// <summary>HTTP proxy that a tunnel to the coordinator is asked of (CONNECT), http://[user:password@]host:port; null connects directly.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Folder of token, outbox and downloaded blobs.</summary>
    public required string State { get; init; }

    /// <summary>Hugging Face folder of the base model.</summary>
    public required string Model { get; init; }

    /// <summary>Threads of tensor arithmetic, 1 to 1024; default 1.</summary>
    public int Threads { get; init; } = 1;

    public required DataConfiguration Data { get; init; }

    /// <summary>Runs to join: names, '*' standing for anything; default every run.</summary>
    public IReadOnlyList<string> Runs { get; init; } = ["*"];

    /// <summary>Whether the process ends when every run it joined has ended; default false.</summary>
    public bool ExitWhenIdle { get; init; }

    public ReconnectConfiguration Reconnect { get; init; } = new();

    public SitePolicy Policy { get; init; } = new();

    /// <summary>Disk for downloaded blobs in MiB, 16 to 1,048,576; default 1024.</summary>
    public int CacheMegabytes { get; init; } = 1024;

    /// <summary>Memory in MiB that a plan may count on, 0 to 16,777,216; 0, the default, is what the machine has. A plan keeps to it; the process is not stopped by it.</summary>
    public int MemoryMegabytes { get; init; }
}
