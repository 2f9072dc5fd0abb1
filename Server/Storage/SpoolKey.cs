namespace Federated.Server.Storage;

/// <summary>Names one byte string. The digest covers the assignment, because the header does.</summary>
readonly record struct SpoolKey(string Run, int Round, string Digest);
