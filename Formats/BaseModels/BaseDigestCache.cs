using System.Security.Cryptography;
using System.Text;

namespace Federated.Formats.BaseModels;

/// <summary>Remembers a folder's digest as long as none of the files that it depends on changed path, size or modification time.</summary>
sealed class BaseDigestCache
{
    readonly string _file;
    readonly string _stamp;

    public BaseDigestCache(string modelFolder, string cacheFolder)
    {
        var full = Path.GetFullPath(modelFolder);
        _file = Path.Combine(cacheFolder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..32] + ".base-digest");
        var files = new DirectoryInfo(full).GetFiles()
            .Where(f => f.Extension is ".safetensors" or ".json")
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => FormattableString.Invariant($"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}"));
        _stamp = $"{full}\n{string.Join('\n', files)}\n";
    }

    public string? Read()
    {
        try
        {
            var text = File.ReadAllText(_file);
            return text.Length == _stamp.Length + 64 && text.StartsWith(_stamp, StringComparison.Ordinal) ? text[_stamp.Length..] : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Write(string digest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        // Renaming is atomic, so a reader beside us sees the old text or the new one.
        var temporary = $"{_file}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, _stamp + digest);
        File.Move(temporary, _file, overwrite: true);
    }
}
