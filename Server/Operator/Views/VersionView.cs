namespace Federated.Server.Operator.Views;

/// <summary>A published adapter version.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Version">Its number.</param>
/// <param name="Digest">Of its manifest.</param>
/// <param name="Parent">Digest of the manifest it followed from; null for version 0.</param>
/// <param name="Schema">Digest of the adapter's schema.</param>
/// <param name="Plan">Digest of the adapter's plan.</param>
/// <param name="Base">Digest of the base model.</param>
/// <param name="PublishedMs">Unix milliseconds.</param>
/// <param name="Bytes">Of all groups and offsets.</param>
/// <param name="Archive">Where its peft folder is had as a zip.</param>
/// <param name="PublishedFolder">Where the folder lies on the server; told to callers on the same machine only.</param>
/// <param name="Groups">Its tensor groups.</param>
/// <param name="Offsets">Frozen factors that its rule added to the base.</param>
sealed record VersionView(
    string Run, int Version, string Digest, string? Parent, string Schema, string Plan, string Base, long PublishedMs, long Bytes, string Archive,
    string? PublishedFolder, IReadOnlyList<GroupView> Groups, IReadOnlyList<GroupView> Offsets);

sealed record GroupView(string Group, string Digest, long Size);

/// <summary>A run's adapter: its latest version, and how many there are.</summary>
sealed record AdapterView(string Run, int Versions, VersionView Latest);
