using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

/// <summary>What every run store promises.</summary>
public abstract class RunStoreContract
{
    private protected abstract Task<IRunStore> OpenAsync();

    [Fact]
    public async Task Commit_NewRows_AreReadBackAsTheyWere()
    {
        var store = await OpenAsync();
        var rows = Rows.Everything("run");

        await store.CommitAsync([.. rows.Select(RowChange.Add)], CancellationToken.None);

        Assert.Equal(rows.OfType<RunRow>(), await store.RunsAsync(CancellationToken.None));
        Assert.Equal(rows.OfType<RoundRow>(), await store.RoundsAsync("run", CancellationToken.None));
        Assert.Equal(rows.OfType<ParticipationRow>(), await store.ParticipationsAsync("run", null, CancellationToken.None));
        Assert.Equal(rows.OfType<EvaluationRow>(), await store.EvaluationsAsync("run", CancellationToken.None));
        Assert.Equal(rows.OfType<LedgerRow>(), await store.LedgerAsync("run", CancellationToken.None));
        Assert.Equal(rows.OfType<ClientRow>(), await store.ClientsAsync(CancellationToken.None));
        Assert.Equal(rows.OfType<PlanRow>().Single(), await store.PlanAsync("run", 1, 1, CancellationToken.None));
        Assert.Equal(rows.OfType<VersionRow>().Single(), await store.VersionAsync("run", 0, CancellationToken.None));
        Assert.Equal(rows.OfType<ReceiptRow>().Single(), await store.ReceiptAsync("run", "run:1:1:t:a", CancellationToken.None));
    }

    [Fact]
    public async Task Commit_ExistingKey_ChangesNothingAtAll()
    {
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Receipt("run", "x", "digest-1"))], CancellationToken.None);

        await Assert.ThrowsAsync<StoreConflictException>(() => store.CommitAsync(
            [RowChange.Add(Rows.Client("new")), RowChange.Add(Rows.Receipt("run", "x", "digest-2"))], CancellationToken.None));

        Assert.Empty(await store.ClientsAsync(CancellationToken.None));
        Assert.Equal("digest-1", (await store.ReceiptAsync("run", "x", CancellationToken.None))!.Digest);
    }

    [Fact]
    public async Task Commit_UpdateOfAMissingRow_ChangesNothingAtAll()
    {
        var store = await OpenAsync();

        await Assert.ThrowsAsync<StoreConflictException>(() => store.CommitAsync(
            [RowChange.Add(Rows.Client("new")), RowChange.Update(Rows.Run("absent"))], CancellationToken.None));

        Assert.Empty(await store.ClientsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Commit_AfterARefusedOne_Works()
    {
        var store = await OpenAsync();
        await Assert.ThrowsAsync<StoreConflictException>(() => store.CommitAsync([RowChange.Update(Rows.Run("absent"))], CancellationToken.None));

        await store.CommitAsync([RowChange.Add(Rows.Run("present"))], CancellationToken.None);

        Assert.Equal("present", Assert.Single(await store.RunsAsync(CancellationToken.None)).Id);
    }

    [Fact]
    public async Task Commit_Update_ReplacesTheRow()
    {
        var store = await OpenAsync();
        var run = Rows.Run("run");
        await store.CommitAsync([RowChange.Add(run)], CancellationToken.None);

        await store.CommitAsync([RowChange.Update(run with { Phase = "collecting", LastError = "F105: x", RetryAtMs = 7 })], CancellationToken.None);
        await store.CommitAsync([RowChange.Update(run with { Phase = "idle", LastError = null, RetryAtMs = null })], CancellationToken.None);

        Assert.Equal(run with { Phase = "idle" }, Assert.Single(await store.RunsAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Queries_SeveralRuns_StayApartAndInOrder()
    {
        var store = await OpenAsync();
        await store.CommitAsync([.. new[] { "b", "a" }.SelectMany(Rows.Everything).Where(r => r is not ClientRow).Select(RowChange.Add)], CancellationToken.None);
        await store.CommitAsync([RowChange.Add(Rows.Participation("a", 1, "Z")), RowChange.Add(Rows.Participation("a", 1, "k")), RowChange.Add(Rows.Participation("a", 2, "a"))], CancellationToken.None);

        Assert.Equal(["a", "b"], (await store.RunsAsync(CancellationToken.None)).Select(r => r.Id));
        Assert.Equal(["Z", "a", "k", "a"], (await store.ParticipationsAsync("a", null, CancellationToken.None)).Select(p => p.Client));
        Assert.Equal(["Z", "a", "k"], (await store.ParticipationsAsync("a", 1, CancellationToken.None)).Select(p => p.Client));
        Assert.Null(await store.ReceiptAsync("a", "b:1:1:t:a", CancellationToken.None));
        Assert.Null(await store.VersionAsync("a", 9, CancellationToken.None));
        Assert.Null(await store.PlanAsync("a", 1, 9, CancellationToken.None));
    }

    [Fact]
    public async Task Events_OfSeveralCommits_AreNumberedInTheirOrder()
    {
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Event("a", "one")), RowChange.Add(Rows.Event("b", "two"))], CancellationToken.None);
        await store.CommitAsync([RowChange.Add(Rows.Event(null, "three"))], CancellationToken.None);

        Assert.Equal([(1, "one"), (2, "two"), (3, "three")], (await store.EventsAsync(0, 10, null, CancellationToken.None)).Select(e => (e.Sequence, e.Kind)));
        Assert.Equal(Rows.Event("b", "two") with { Sequence = 2 }, Assert.Single(await store.EventsAsync(1, 10, "b", CancellationToken.None)));
        Assert.Equal(["two"], (await store.EventsAsync(1, 1, null, CancellationToken.None)).Select(e => e.Kind));
    }

    [Fact]
    public async Task Events_OfARefusedCommit_AreGoneAndTheirNumbersAreGivenAgain()
    {
        var store = await OpenAsync();
        await Assert.ThrowsAsync<StoreConflictException>(() => store.CommitAsync(
            [RowChange.Add(Rows.Event("a", "never")), RowChange.Update(Rows.Run("absent"))], CancellationToken.None));

        await store.CommitAsync([RowChange.Add(Rows.Event("a", "first"))], CancellationToken.None);

        Assert.Equal([(1, "first")], (await store.EventsAsync(0, 10, null, CancellationToken.None)).Select(e => (e.Sequence, e.Kind)));
        Assert.Equal(1, store.LastEvent);
    }

    [Fact]
    public async Task WaitForEvent_EndsWithTheCommitThatBringsIt()
    {
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Event("a", "first"))], CancellationToken.None);
        await store.WaitForEventAsync(0, CancellationToken.None).DefaultTimeout();
        var waiting = store.WaitForEventAsync(1, CancellationToken.None);
        await store.CommitAsync([RowChange.Add(Rows.Client("no-event"))], CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        await store.CommitAsync([RowChange.Add(Rows.Event("a", "second"))], CancellationToken.None);

        await waiting.DefaultTimeout();
    }

    [Fact]
    public async Task Commit_ManyAtOnce_EachSucceedsOrFailsByItself()
    {
        var store = await OpenAsync();
        await store.CommitAsync([RowChange.Add(Rows.Client("taken"))], CancellationToken.None);

        async Task Commit(int i) => await store.CommitAsync(
            [RowChange.Add(Rows.Event("run", $"e{i}")), RowChange.Add(Rows.Client(i % 4 == 0 ? "taken" : $"c{i}"))], CancellationToken.None);
        var commits = Enumerable.Range(0, 40).Select(Commit).ToList();
        await Task.WhenAll(commits.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default))).DefaultTimeout();

        Assert.Equal(Enumerable.Range(0, 40).Select(i => i % 4 == 0), commits.Select(c => c.Exception?.InnerException is StoreConflictException));
        Assert.Equal(31, (await store.ClientsAsync(CancellationToken.None)).Count);
        var events = await store.EventsAsync(0, 100, "run", CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.DoesNotContain(events, e => int.Parse(e.Kind[1..]) % 4 == 0);
    }

    [Fact]
    public async Task Commit_ManyAtOnce_AllLand()
    {
        var store = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => store.CommitAsync([RowChange.Add(Rows.Client($"c{i:D2}"))], CancellationToken.None)));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"c{i:D2}"), (await store.ClientsAsync(CancellationToken.None)).Select(c => c.Id));
    }
}
