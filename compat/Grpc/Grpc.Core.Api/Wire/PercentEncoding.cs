using System.Globalization;
using System.Text;

namespace Grpc.Core.Wire;

/// <summary>The encoding of <c>grpc-message</c>: UTF-8 whose bytes outside 0x20 to 0x7E, and '%', are written as %XX.</summary>
static class PercentEncoding
{
    public static string Encode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
            _ = octet is >= 0x20 and <= 0x7E and not (byte)'%'
                ? encoded.Append((char)octet)
                : encoded.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        return encoded.ToString();
    }

    /// <summary>Malformed escapes stay as they are: a status message must not be lost over its encoding.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%'))
            return encoded;
        var octets = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                octets.Add(byte.Parse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                octets.AddRange(Encoding.UTF8.GetBytes(encoded, i, 1));
            }
        }
        return Encoding.UTF8.GetString([.. octets]);
    }
}
