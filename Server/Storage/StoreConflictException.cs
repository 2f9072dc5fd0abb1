namespace Federated.Server.Storage;

/// <summary>A commit contradicts what is stored. Only a broken invariant of ours can cause it.</summary>
sealed class StoreConflictException(string message, Exception? inner = null) : Exception(message, inner);
