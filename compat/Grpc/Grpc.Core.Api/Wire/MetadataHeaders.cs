namespace Grpc.Core.Wire;

/// <summary>Metadata entries as header values and back; binary values are base64, several joined by commas.</summary>
static class MetadataHeaders
{
    public static string Encode(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <exception cref="RpcException">A binary value is not base64.</exception>
    public static void Decode(Metadata metadata, string name, string value)
    {
        if (WireHeaders.IsReserved(name))
            return;
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            metadata.Add(name, value);
        else
            foreach (var part in value.Split(','))
                metadata.Add(name, DecodeBinary(name, part.Trim()));
    }

    static byte[] DecodeBinary(string name, string base64)
    {
        // Senders may leave the padding out.
        var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        try
        {
            return Convert.FromBase64String(padded);
        }
        catch (FormatException)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Binary header '{name}' is not valid base64."));
        }
    }
}
