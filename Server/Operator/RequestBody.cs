using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Faults;
using Federated.Server.Identity;

namespace Federated.Server.Operator;

/// <summary>Bodies of requests: read whole, within a limit, and strictly.</summary>
static class RequestBody
{
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads the body and puts it back for the handler.</summary>
    /// <exception cref="FaultException">It is too large.</exception>
    public static async Task<byte[]> BufferAsync(HttpRequest request, CancellationToken stopping)
    {
        if (request.ContentLength > MaxBytes)
            throw TooLarge($"{request.ContentLength}");
        using var body = new MemoryStream();
        var buffer = new byte[1 << 14];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, stopping)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxBytes)
                throw TooLarge($"more than {MaxBytes}");
        }
        var bytes = body.ToArray();
        request.Body = new MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true);
        return bytes;
    }

    /// <summary>The bytes of a body that <see cref="BufferAsync"/> read.</summary>
    public static ReadOnlySpan<byte> Bytes(HttpRequest request) => ((MemoryStream)request.Body).GetBuffer();

    /// <summary>The body as a JSON object whose every field is asked for.</summary>
    /// <exception cref="FaultException">It is none, or has a wrong or unknown field.</exception>
    public static T Read<T>(HttpRequest request, Func<StrictObject, T> read)
    {
        try
        {
            var body = Bytes(request);
            var o = StrictObject.Parse(body.Length == 0 ? "{}"u8 : body, "body");
            var value = read(o);
            o.Done();
            return value;
        }
        catch (FormatException e)
        {
            throw new FaultException(e.Message.Contains("is unknown", StringComparison.Ordinal) ? Fault.UnknownKey : Fault.ValueInvalid, e.Message, e);
        }
    }

    /// <summary>The body as a JSON object of strings with any names.</summary>
    /// <exception cref="FaultException">It is none, or a name occurs twice.</exception>
    public static IReadOnlyDictionary<string, string> ReadTexts(HttpRequest request)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(((MemoryStream)request.Body).ToArray());
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new FaultException(Fault.ValueInvalid, "The body must be a JSON object of strings.");
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (field.Value.ValueKind != JsonValueKind.String || !texts.TryAdd(field.Name, field.Value.GetString()!))
                    throw new FaultException(Fault.ValueInvalid, $"'{Names.Shorten(field.Name)}' occurs twice, or is no string.");
            }
            return texts;
        }
        catch (JsonException e)
        {
            throw new FaultException(Fault.ValueInvalid, $"The body is no valid JSON: {e.Message}", e);
        }
    }

    static FaultException TooLarge(string length) => new(Fault.BodyTooLarge, $"The body has {length} bytes; at most {MaxBytes} are taken.");
}
