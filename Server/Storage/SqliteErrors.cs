using Federated.Server.Faults;
using Microsoft.Data.Sqlite;

namespace Federated.Server.Storage;

/// <summary>SQLite's result codes as refusals (sqlite.org/rescode.html).</summary>
static class SqliteErrors
{
    public const int Constraint = 19;

    const int Busy = 5;
    const int Locked = 6;
    const int ReadOnly = 8;
    const int Corrupt = 11;
    const int Full = 13;
    const int CannotOpen = 14;
    const int NotADatabase = 26;

    public static Exception Translate(SqliteException error) => error.SqliteErrorCode == Constraint
        ? new StoreConflictException("A new row exists already.", error)
        : new FaultException(Of(error), error);

    /// <param name="error">What SQLite said.</param>
    /// <param name="database">How the message names the file.</param>
    public static Refusal Of(SqliteException error, string database = "The server's database") => error.SqliteErrorCode switch
    {
        Full => new(Fault.DiskFull, $"The server's disk is full: {Lower(database)} cannot grow."),
        Busy or Locked => new(Fault.DatabaseLocked, $"{database} is locked by another program."),
        ReadOnly or CannotOpen => new(Fault.DataFolderReadOnly, $"{database} cannot be written."),
        Corrupt or NotADatabase => new(Fault.DatabaseCorrupt, $"{database} is corrupt: {error.Message}"),
        _ => new(Fault.StoreUnavailable, $"{database} refuses (SQLite error {error.SqliteErrorCode})."),
    };

    static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
