using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Client.Faults;

namespace Federated.Client.Models.Tokenizers;

/// <summary>A tokeniser's files: tokenizer.json as Hugging Face writes it, vocab.json with merges.txt, or encoder.json with vocab.bpe as GPT-2 was published.</summary>
public static class TokenizerFolder
{
    const string FastFile = "tokenizer.json";
    static readonly (string Tokens, string Merges)[] Pairs = [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")];

    /// <summary>Reads whichever files the folder has.</summary>
    /// <param name="folder">Of a model, or of a vocabulary alone.</param>
    /// <param name="size">Keep only the first tokens, 257 or more, end-of-text among them; 0 keeps all.</param>
    /// <exception cref="ClientFault">F570: a file is missing or malformed, or is no byte-level BPE.</exception>
    public static BytePairTokenizer Load(string folder, int size = 0)
    {
        try
        {
            var vocabulary = Read(folder);
            return new BytePairTokenizer(size == 0 ? vocabulary : vocabulary.First(size));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Tokenizer(folder, $"cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Writes tokenizer.json, whole or not at all.</summary>
    public static void Save(BytePairTokenizer tokenizer, string folder)
    {
        var vocabulary = tokenizer.Vocabulary;
        Checkpoint.WriteText(folder, FastFile, new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special(vocabulary.EndOfText)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = new JsonObject(vocabulary.Tokens.Select((t, i) => KeyValuePair.Create(t, (JsonNode?)i))),
                ["merges"] = new JsonArray([.. vocabulary.Merges.Select(m => (JsonNode?)$"{m.Left} {m.Right}")]),
            },
        }.ToJsonString() + "\n");
    }

    static BytePairVocabulary Read(string folder)
    {
        if (File.Exists(Path.Combine(folder, FastFile)))
            return ReadFast(Path.Combine(folder, FastFile));
        foreach (var (tokens, merges) in Pairs)
        {
            if (File.Exists(Path.Combine(folder, tokens)))
                return ReadPair(Path.Combine(folder, tokens), Path.Combine(folder, merges));
        }
        throw new FormatException($"it has no {FastFile}, and no {string.Join(" and no ", Pairs.Select(p => $"{p.Tokens} with {p.Merges}"))}.");
    }

    static BytePairVocabulary ReadFast(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var model = json.RootElement.GetProperty("model"u8);
        if (model.TryGetProperty("type", out var type) && !type.ValueEquals("BPE"u8))
            throw new FormatException($"its model is '{type}'; BPE is read here.");
        var pre = json.RootElement.TryGetProperty("pre_tokenizer", out var own) && own.ValueKind == JsonValueKind.Object ? own.GetProperty("type"u8).GetString() : null;
        if (pre != "ByteLevel")
            throw new FormatException($"its pre_tokenizer is '{pre}'; ByteLevel is read here.");
        return new BytePairVocabulary(Tokens(model.GetProperty("vocab"u8)), [.. model.GetProperty("merges"u8).EnumerateArray().Select(Merge)]);
    }

    static BytePairVocabulary ReadPair(string tokens, string merges)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(tokens));
        return new BytePairVocabulary(Tokens(json.RootElement),
            [.. File.ReadLines(merges, Encoding.UTF8).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).Select(Merge)]);
    }

    static string[] Tokens(JsonElement vocabulary)
    {
        var tokens = new string[vocabulary.EnumerateObject().Count()];
        foreach (var token in vocabulary.EnumerateObject())
        {
            if (!token.Value.TryGetInt32(out var id) || id < 0 || id >= tokens.Length)
                throw new FormatException($"token '{token.Name}' has id {token.Value}; 0 to {tokens.Length - 1} is expected.");
            tokens[id] = tokens[id] is null ? token.Name : throw new FormatException($"tokens '{tokens[id]}' and '{token.Name}' share id {id}.");
        }
        return tokens;
    }

    static (string, string) Merge(JsonElement merge) => merge.ValueKind == JsonValueKind.Array
        ? (merge[0].GetString()!, merge[1].GetString()!)
        : Merge(merge.GetString()!);

    static (string, string) Merge(string line) => line.Split(' ') is [var left, var right] ? (left, right)
        : throw new FormatException($"'{line}' is no merge of two tokens.");

    static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    static JsonObject Special(int id) => new()
    {
        ["id"] = id, ["content"] = BytePairVocabulary.EndOfTextToken, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
    };
}
