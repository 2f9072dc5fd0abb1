using Federated.Server.Faults;
using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace Federated.Server.Storage;

/// <summary>
/// The one writer. Whoever gets its turn writes all commits that wait, each behind a savepoint of its own, in one transaction with one flush: many
/// runs pay for one. Each commit still succeeds or fails by itself.
/// </summary>
sealed class GroupCommit(SqliteConnection connection, EventSequence events) : IDisposable
{
    const int MostTogether = 256;

    readonly SemaphoreSlim _turn = new(1, 1);
    readonly Lock _gate = new();
    readonly List<Pending> _waiting = [];
    readonly RowStatements _statements = new(connection);

    public async Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping)
    {
        var own = new Pending(changes);
        lock (_gate)
            _waiting.Add(own);
        try
        {
            await _turn.WaitAsync(stopping);
        }
        catch (OperationCanceledException) when (Withdraw(own))
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            // Somebody is writing it: whether a commit happened must never be in doubt.
            await own.Done.Task;
            return;
        }
        try
        {
            if (!own.Done.Task.IsCompleted)
                WriteWaiting();
        }
        finally
        {
            _turn.Release();
        }
        await own.Done.Task;
    }

    bool Withdraw(Pending own)
    {
        lock (_gate)
            return _waiting.Remove(own);
    }

    void WriteWaiting()
    {
        List<Pending> together;
        lock (_gate)
        {
            together = [.. _waiting.Take(MostTogether)];
            _waiting.RemoveRange(0, together.Count);
        }
        try
        {
            var last = WriteAll(together);
            events.Committed(last);
        }
        catch (SqliteException e)
        {
            RollBack();
            together.ForEach(p => p.Error = SqliteErrors.Translate(e));
        }
        catch (Exception e)
        {
            RollBack();
            together.ForEach(p => p.Error = e);
        }
        finally
        {
            together.ForEach(p => p.Finish());
        }
    }

    /// <returns>The last event number in use.</returns>
    long WriteAll(List<Pending> together)
    {
        var last = events.Last;
        _statements.Execute("BEGIN IMMEDIATE");
        foreach (var pending in together)
        {
            var before = last;
            _statements.Execute("SAVEPOINT one");
            try
            {
                foreach (var change in EventSequence.Number(pending.Changes, ref last))
                    _statements.Write(change);
            }
            catch (Exception e) when (e is StoreConflictException || e is SqliteException { SqliteErrorCode: SqliteErrors.Constraint })
            {
                last = before;
                pending.Error = e is SqliteException sqlite ? SqliteErrors.Translate(sqlite) : e;
                _statements.Execute("ROLLBACK TO one");
            }
            _statements.Execute("RELEASE one");
        }
        _statements.Execute("COMMIT");
        return last;
    }

    void RollBack()
    {
        try
        {
            _statements.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back already.
        }
    }

    public void Dispose()
    {
        _statements.Dispose();
        _turn.Dispose();
    }

    sealed class Pending(IReadOnlyList<RowChange> changes)
    {
        public IReadOnlyList<RowChange> Changes { get; } = changes;

        public Exception? Error { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish()
        {
            if (Error is { } error)
                Done.TrySetException(error);
            else
                Done.TrySetResult();
        }
    }
}
