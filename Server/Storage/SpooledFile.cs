using System.Collections.Concurrent;

namespace Federated.Server.Storage;

/// <summary>The names of an update's file: one while bytes arrive and another one once they are durable.</summary>
/// <param name="key">The update.</param>
/// <param name="complete">Its last name.</param>
/// <param name="verified">Where verified updates lie.</param>
/// <param name="nameDurably">Makes the names in a folder durable.</param>
/// <param name="disk">Where.</param>
sealed class SpooledFile(SpoolKey key, string complete, ConcurrentDictionary<SpoolKey, string> verified, Action<string> nameDurably, IDisk disk)
{
    public string Part { get; } = Path.ChangeExtension(complete, ".part");

    public string Digest => key.Digest;

    /// <summary>Its bytes are verified and may be read.</summary>
    public void Show() => verified[key] = Part;

    /// <summary>Its bytes are durable; its name is when this returns.</summary>
    public void Complete()
    {
        disk.Rename(Part, complete);
        nameDurably(Path.GetDirectoryName(complete)!);
        verified[key] = complete;
    }

    /// <summary>Its bytes never became durable.</summary>
    public void Hide() => verified.TryRemove(key, out _);
}
