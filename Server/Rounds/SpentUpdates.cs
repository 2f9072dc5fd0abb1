namespace Federated.Server.Rounds;

/// <summary>Deletes what no round needs any more, beside the loop; what becomes due meanwhile goes together.</summary>
sealed class SpentUpdates(RoundServices services, ILogger logger)
{
    readonly Lock _gate = new();
    Task _deleting = Task.CompletedTask;
    bool _isDeleting;
    int _due, _deleted;

    public void DeleteThrough(string run, int round)
    {
        lock (_gate)
        {
            _due = Math.Max(_due, round);
            if (_isDeleting)
                return;
            _isDeleting = true;
        }
        _deleting = DeleteAsync(run);
    }

    /// <summary>A run has ended: what was kept for its next updates need not be kept.</summary>
    public void Trim(string run) => _deleting = TrimAsync(_deleting, run);

    public Task DrainAsync() => _deleting;

    async Task TrimAsync(Task deleting, string run)
    {
        await deleting;
        try
        {
            services.Spools.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.SpoolsNotDeleted(run, _deleted, e);
        }
    }

    async Task DeleteAsync(string run)
    {
        while (Next() is { } through)
        {
            try
            {
                await services.Spools.DeleteThroughAsync(run, through);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.SpoolsNotDeleted(run, through, e);
            }
        }
    }

    int? Next()
    {
        lock (_gate)
        {
            _isDeleting = _due > _deleted;
            return _isDeleting ? _deleted = _due : null;
        }
    }
}
