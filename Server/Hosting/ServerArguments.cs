using System.Globalization;
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
    public const string Usage =
        """
        usage: federated server --data DIR [--http-port 5080] [--grpc-port 5081] [--threads N] [--config FILE]

          --data DIR       where everything is kept; one server at a time
          --http-port N    REST on 127.0.0.1 (0: any free port, see DIR/endpoints.json)
          --grpc-port N    clients on 127.0.0.1 (0: any free port)
          --threads N      threads of a fold (default: one per core); changes no published bit
          --config FILE    the same keys as JSON: data, httpPort, grpcPort, threads
        """;

    static readonly string[] Flags = ["--data", "--http-port", "--grpc-port", "--threads", "--config"];

    /// <exception cref="FaultException">A flag, key or value is wrong; the message names it.</exception>
    public static ServerArguments Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var flags = ReadFlags(args);
        var file = ReadFile(flags.GetValueOrDefault("--config") ?? environment("FEDERATED__CONFIG"));
        string? Value(string flag, string key) => flags.GetValueOrDefault(flag)
            ?? environment("FEDERATED__" + flag[2..].Replace('-', '_').ToUpperInvariant())
            ?? file.GetValueOrDefault(key);
        var data = Value("--data", "data") ?? throw new FaultException(Fault.ValueInvalid, "--data is missing; name the server's folder.");
        return new ServerArguments(
            data,
            Number("--http-port", Value("--http-port", "httpPort"), 0, 65_535, 5080),
            Number("--grpc-port", Value("--grpc-port", "grpcPort"), 0, 65_535, 5081),
            Number("--threads", Value("--threads", "threads"), 1, 256, Math.Min(256, Environment.ProcessorCount)));
    }

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
            if (o.Element("data") is not null)
                values["data"] = o.Text("data", maxLength: 4096);
            foreach (var (key, max) in new[] { ("httpPort", 65_535), ("grpcPort", 65_535), ("threads", 256) })
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
