using System.Security.Cryptography;
using System.Text;
using Federated.Aggregators.Json;
using Federated.Formats.Safetensors;

namespace Federated.Formats.BaseModels;

/// <summary>
/// The identity of a base model, whatever its sharding: SHA-256 over UTF-8 lines, each ended by a line feed: first <c>name dtype shape sha256(bytes)</c> for
/// every tensor in ordinal name order (shape as <c>2x3</c>, <c>-</c> for a scalar), then <c>config.json sha256</c> and, if it exists, <c>tokenizer.json sha256</c>,
/// both over the file's JSON with sorted keys and without white space.
/// </summary>
public static class BaseDigest
{
    const int Window = 1 << 24;

    /// <summary>The digest as 64 lower-case hexadecimal digits.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="cacheFolder">Where to remember it under path, sizes and modification times of its files; null: compute always. Created when missing.</param>
    /// <exception cref="FormatException">A JSON file is malformed.</exception>
    public static string Of(BaseModelFolder folder, string? cacheFolder = null)
    {
        if (cacheFolder is null)
            return Compute(folder);
        var cache = new BaseDigestCache(folder.Path, cacheFolder);
        if (cache.Read() is { } known)
            return known;
        var digest = Compute(folder);
        cache.Write(digest);
        return digest;
    }

    static string Compute(BaseModelFolder folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in folder.Tensors)
        {
            var shape = tensor.Shape.Count == 0 ? "-" : string.Join('x', tensor.Shape);
            Line(hash, $"{tensor.Name} {tensor.Type} {shape} {HashOf(folder.Find(tensor.Name)!.Value.File, tensor)}");
        }
        foreach (var name in new[] { "config.json", "tokenizer.json" })
        {
            if (folder.ReadJson(name) is { } json)
                Line(hash, $"{name} {Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Sort(json, name)))}");
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string HashOf(SafetensorsFile file, TensorEntry tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 0L; at < tensor.Bytes; at += Window)
            hash.AppendData(file.Bytes(tensor, at, (int)Math.Min(Window, tensor.Bytes - at)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Line(IncrementalHash hash, string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
}
