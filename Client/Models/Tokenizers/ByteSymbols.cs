namespace Federated.Client.Models.Tokenizers;

/// <summary>GPT-2's printable character for each byte: itself where it is printable, else the next free one from U+0100 on.</summary>
static class ByteSymbols
{
    static readonly char[] Symbols = Make();
    static readonly Dictionary<char, byte> Bytes = Symbols.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => (byte)p.i);

    public static char Of(byte value) => Symbols[value];

    /// <summary>Null for a character that stands for no byte.</summary>
    public static byte? Of(char symbol) => Bytes.TryGetValue(symbol, out var value) ? value : null;

    static char[] Make()
    {
        var symbols = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
            symbols[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : next++;
        return symbols;
    }
}
