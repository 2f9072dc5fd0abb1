using System.Globalization;
using System.Net;
using Federated.Aggregators.Json;
using Federated.Server.Faults;

namespace Federated.Server.Hosting;

/// <summary>The server's settings. Precedence: flags, environment (FEDERATED__GRPC_PORT ...), the file, defaults.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="HttpPort">REST; 0 lets the system choose.</param>
/// <param name="GrpcPort">Clients; 0 lets the system choose.</param>
/// <param name="Threads">Of a fold, 1 to 256.</param>
sealed record ServerArguments(string Data, int HttpPort, int GrpcPort, int Threads)
{
    /// <summary>The address to listen on; default 127.0.0.1.</summary>
    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>The folder that `federated ca init` made; null for clear text.</summary>
    public string? Tls { get; init; }

    /// <summary>Whether clear text outside loopback is allowed.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Whether every REST call needs an API key; always so with TLS or outside loopback.</summary>
    public bool RequireKeys { get; init; }

    /// <summary>Whether a new client waits until an admin approves it.</summary>
    public bool ApproveClients { get; init; }

    public bool IsLoopback => IPAddress.IsLoopback(IPAddress.Parse(Listen));

    /// <summary>What spooled updates may take on disk, in MiB; 0 is no limit.</summary>
    public int SpoolQuotaMib { get; init; }

    /// <summary>Keep the accepted updates of every run, for replay.</summary>
    public bool KeepUpdates { get; init; }

    public const string Usage =
        """
        usage: federated server --data DIR [--listen 127.0.0.1] [--tls DIR] [--http-port N] [--grpc-port N] [--threads N] [--config FILE] ...

          --data DIR       where everything is kept; one server at a time
          --listen ADDRESS the address to listen on; outside loopback --tls is needed
          --tls DIR        certificates that 'federated ca init' made; clients need one, operators an API key
          --http-port N    REST (default 5080, with TLS 5444; 0: any free port, see DIR/endpoints.json)
          --grpc-port N    clients (default 5081, with TLS 5443; 0: any free port)
          --threads N      threads of a fold (default: one per core); changes no published bit
          --require-keys true      an API key is needed on loopback, too; the first is in DIR/admin.key
          --approve-clients true   new clients wait until an admin approves them
          --allow-plaintext true   clear text outside loopback, where something else encrypts
          --spool-quota-mib N      what updates may take on disk (0: no limit, the default)
          --keep-updates true      the accepted updates of every run are kept, for replay
          --config FILE    the same keys as JSON: data, listen, tls, httpPort, grpcPort, threads, requireKeys ...
        """;

    static readonly string[] Flags = ["--data", "--listen", "--tls", "--http-port", "--grpc-port", "--threads", "--require-keys", "--approve-clients", "--allow-plaintext", "--spool-quota-mib", "--keep-updates", "--config"];
    static readonly string[] TextKeys = ["data", "listen", "tls"];
    static readonly string[] FlagKeys = ["requireKeys", "approveClients", "allowPlaintext", "keepUpdates"];

    /// <exception cref="FaultException">A flag, key or value is wrong; the message names it.</exception>
    public static ServerArguments Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var flags = ReadFlags(args);
        var file = ReadFile(flags.GetValueOrDefault("--config") ?? environment("FEDERATED__CONFIG"));
        string? Value(string flag, string key) => flags.GetValueOrDefault(flag)
            ?? environment("FEDERATED__" + flag[2..].Replace('-', '_').ToUpperInvariant())
            ?? file.GetValueOrDefault(key);
        var data = Value("--data", "data") ?? throw new FaultException(Fault.ValueInvalid, "--data is missing; name the server's folder.");
        var tls = Value("--tls", "tls");
        var arguments = new ServerArguments(
            data,
            Number("--http-port", Value("--http-port", "httpPort"), 0, 65_535, tls is null ? 5080 : 5444),
            Number("--grpc-port", Value("--grpc-port", "grpcPort"), 0, 65_535, tls is null ? 5081 : 5443),
            Number("--threads", Value("--threads", "threads"), 1, 256, Math.Min(256, Environment.ProcessorCount)))
        {
            Listen = Address(Value("--listen", "listen") ?? "127.0.0.1"),
            Tls = tls,
            AllowPlaintext = YesNo("--allow-plaintext", Value("--allow-plaintext", "allowPlaintext")),
            ApproveClients = YesNo("--approve-clients", Value("--approve-clients", "approveClients")),
            SpoolQuotaMib = Number("--spool-quota-mib", Value("--spool-quota-mib", "spoolQuotaMib"), 0, int.MaxValue, 0),
            KeepUpdates = YesNo("--keep-updates", Value("--keep-updates", "keepUpdates")),
        };
        if (!arguments.IsLoopback && tls is null && !arguments.AllowPlaintext)
            throw new FaultException(Fault.PlaintextRefused, $"--listen is {arguments.Listen}, which is outside loopback, and there is no --tls; updates, tokens and keys would travel in clear.");
        return arguments with { RequireKeys = YesNo("--require-keys", Value("--require-keys", "requireKeys")) || tls is not null || !arguments.IsLoopback };
    }

    static string Address(string text) => IPAddress.TryParse(text, out var address)
        ? address.ToString()
        : throw new FaultException(Fault.ValueInvalid, $"--listen is '{text}'; an IP address such as 127.0.0.1 or 0.0.0.0 is needed.");

    static bool YesNo(string flag, string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new FaultException(Fault.ValueInvalid, $"{flag} is '{text}'; true or false is allowed."),
    };

    static Dictionary<string, string> ReadFlags(IReadOnlyList<string> args)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var (flag, value) = args[i].Split('=', 2) is [var name, var text] ? (name, text) : (args[i], null);
            if (!Flags.Contains(flag))
                throw new FaultException(Fault.UnknownKey, NearestName.Sentence("Option", flag, Flags));
            value ??= ++i < args.Count ? args[i] : throw new FaultException(Fault.ValueInvalid, $"{flag} needs a value.");
            if (!flags.TryAdd(flag, value))
                throw new FaultException(Fault.ValueInvalid, $"{flag} is given twice.");
        }
        return flags;
    }

    static Dictionary<string, string> ReadFile(string? path)
    {
        if (path is null)
            return [];
        try
        {
            var o = StrictObject.Parse(File.ReadAllBytes(path), "config");
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var key in TextKeys.Where(k => o.Element(k) is not null))
                values[key] = o.Text(key, maxLength: 4096);
            foreach (var key in FlagKeys.Where(k => o.Element(k) is not null))
                values[key] = o.Flag(key) ? "true" : "false";
            foreach (var (key, max) in new[] { ("httpPort", 65_535), ("grpcPort", 65_535), ("threads", 256), ("spoolQuotaMib", int.MaxValue) })
            {
                if (o.Element(key) is not null)
                    values[key] = o.Integer(key, 0, max).ToString(CultureInfo.InvariantCulture);
            }
            o.Done();
            return values;
        }
        catch (FormatException e)
        {
            throw new FaultException(Fault.JsonMalformed, $"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(Fault.ValueInvalid, $"The file '{path}' cannot be read: {e.Message}", e);
        }
    }

    static int Number(string flag, string? text, int min, int max, int fallback)
    {
        if (text is null)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FaultException(Fault.ValueInvalid, $"{flag} is '{text}'; {min} to {max} is allowed.");
    }
}
