using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using Federated.Server.Faults;
using Federated.Server.Operator.Backups;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Microsoft.Data.Sqlite;
using Server.Tests.Kit;

namespace Server.Tests.Operator;

/// <summary>Backups of a living server, and what becomes of them elsewhere.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    readonly TemporaryFolder _elsewhere = new();
    RestKit _kit = null!;

    string Archive => Path.Combine(_elsewhere.Path, "backup.tar");

    string Restored => Path.Combine(_elsewhere.Path, "data");

    public async ValueTask InitializeAsync() => _kit = await RestKit.StartAsync();

    [Fact]
    public async Task Backup_InTheMiddleOfARound_IsRestoredElsewhereAndEndsWithTheSameBytes()
    {
        var (trained, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var loop = await CreateAsync("run", rounds: 3);
        using var wire = new GrpcWire(_kit.GrpcAddress);
        SyntheticClient Site(string id, IWire at, Func<Task>? wait = null) => new(id, at, RestKit.Adapter)
        {
            BeforeTraining = a => a.Round == 2 && wait is not null ? wait() : Task.CompletedTask,
        };
        var sites = new[] { Site("a", wire).RunAsync(default), Site("b", wire, () => { trained.TrySetResult(); return gate.Task; }).RunAsync(default) };
        await trained.Task.DefaultTimeout();
        await loop.WaitAsync(s => s is { Round: 2, AcceptedCount: 1 }, default).DefaultTimeout();

        await TakeAsync();
        gate.SetResult();
        await Task.WhenAll(sites).DefaultTimeout();
        var published = loop.Current.State.Version;
        Assert.Equal(3, published.Version);

        var home = new TemporaryFolder();
        var restored = await Restore.RunAsync(Archive, Path.Combine(home.Path, "data"), default);
        Assert.Equal((1, 0), (restored.Runs, restored.Secret.Count));
        await using var again = await RestKit.StartAsync(data: home);
        using var anew = new GrpcWire(again.GrpcAddress);
        var resumed = again.Get<RunDirectory>().Get("run");
        Assert.Equal((2, 1), (resumed.Current.State.Round, resumed.Current.State.Version.Version));
        await Task.WhenAll(Site("a", anew).RunAsync(default), Site("b", anew).RunAsync(default)).DefaultTimeout();

        Assert.Equal(RoundPhase.Completed, resumed.Current.State.Phase);
        Assert.Equal(published.Groups.Select(g => g.Digest), resumed.Current.State.Version.Groups.Select(g => g.Digest));
        // The update that the server had is in no backup: its site was asked again, and nobody else was.
        var events = await again.Get<IRunStore>().EventsAsync(0, 1_000, "run", default);
        Assert.Equal("F405", Assert.Single(events, e => e.Kind == "attempt-failed").Code);
        Assert.True((await again.GetAsync("audit/verify")).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Backup_HoldsNoSecretNoUpdateAndNoKey()
    {
        await CreateAsync("private", rounds: 1, s =>
        {
            s["weigher"] = "uniform";
            s["privacy"] = new JsonObject { ["at"] = "server", ["clip"] = 1, ["noise"] = 2, ["delta"] = 1e-5, ["epsilon"] = 100 };
        });
        var data = Path.Combine(_kit.Folder, "data");
        var secret = await File.ReadAllBytesAsync(Path.Combine(data, "secrets", "private.key"));
        await File.WriteAllTextAsync(Path.Combine(data, "spools", "an-update"), "x");
        await TakeAsync();

        Assert.DoesNotContain(Encoding.Latin1.GetString(secret), Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Archive)), StringComparison.Ordinal);
        Assert.All(Entries(), n => Assert.True(n is "federated.db" or "manifest.json" || n.StartsWith("blobs/", StringComparison.Ordinal), n));
        Assert.Equal("private", Assert.Single((await Restore.RunAsync(Archive, Restored, default)).Secret));
        Assert.Equal(["blobs", "federated.db", "lock"], Directory.EnumerateFileSystemEntries(Restored).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(data, "backup-*"));
        Assert.Contains(await _kit.AuditAsync(), e => e.Action == "GET /api/v1/backup");
    }

    /// <summary>Cut off anywhere: inside the database, inside a blob, between entries, before the manifest and inside it.</summary>
    [Fact]
    public async Task Restore_OfATruncatedArchive_IsRefusedAndNothingIsLeft()
    {
        await CreateAsync("run", rounds: 1);
        await TakeAsync();
        var whole = await File.ReadAllBytesAsync(Archive);
        var manifest = Encoding.Latin1.GetString(whole).IndexOf("\"format\":1", StringComparison.Ordinal);
        int[] cuts = [0, 1, 511, 512, 4_000, whole.Length / 3, whole.Length / 2, manifest - 1_024, manifest - 1, manifest + 100];
        foreach (var cut in cuts)
        {
            await File.WriteAllBytesAsync(Archive, whole[..cut]);
            await RefusedAsync(Fault.BackupDamaged);
        }
    }

    /// <summary>In the database, in a blob, in the manifest; and entries that no backup has, whose names climb.</summary>
    [Fact]
    public async Task Restore_OfAnArchiveThatWasChanged_IsRefusedAndNothingIsLeft()
    {
        await CreateAsync("run", rounds: 1);
        await TakeAsync();
        var whole = await File.ReadAllBytesAsync(Archive);
        foreach (var near in (string[])["SQLite format 3", "\"groups\"", "\"auditEntries\""])
        {
            var bytes = whole.ToArray();
            var at = Encoding.Latin1.GetString(bytes).LastIndexOf(near, StringComparison.Ordinal);
            Assert.True(at > 0, near);
            bytes[at + 2] ^= 1;
            await File.WriteAllBytesAsync(Archive, bytes);
            await RefusedAsync(Fault.BackupDamaged);
        }
        foreach (var name in (string[])["../outside", "/tmp/outside", "blobs/../../outside", "secrets/run.key"])
        {
            await using (var file = File.Create(Archive))
            await using (var tar = new TarWriter(file))
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
            await RefusedAsync(Fault.BackupDamaged);
        }
        Assert.Equal(["backup.tar", "data"], Directory.EnumerateFileSystemEntries(_elsewhere.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Restore_IntoAFolderThatIsNotEmptyOrInUse_IsRefusedAndChangesNothing()
    {
        await CreateAsync("run", rounds: 1);
        await TakeAsync();
        Directory.CreateDirectory(Restored);
        await File.WriteAllTextAsync(Path.Combine(Restored, "federated.db"), "mine");
        await RefusedAsync(Fault.RestoreTargetTaken, "federated.db", "lock");
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Restored, "federated.db")));

        File.Delete(Path.Combine(Restored, "federated.db"));
        using var held = DataFolder.Open(Restored);
        await RefusedAsync(Fault.DataFolderLocked);
    }

    [Fact]
    public async Task Backup_WithADamagedBlob_IsRefusedAndNamesIt()
    {
        var loop = await CreateAsync("run", rounds: 1);
        await _kit.Get<IBlobStore>().SettleAsync(CancellationToken.None);
        var blob = Path.Combine(_kit.Folder, "data", "blobs", loop.Current.State.Version.Groups[0].Digest);
        await File.AppendAllTextAsync(blob, "x");
        Assert.Contains(Path.GetFileName(blob), await RestKit.RefusedAsync("F407", await _kit.Http.GetAsync("api/v1/backup")), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_kit.Folder, "data"), "backup-*"));

        File.Delete(blob);
        Assert.Contains("missing", await RestKit.RefusedAsync("F407", await _kit.Http.GetAsync("api/v1/backup")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_WithATamperedAuditTrail_IsRefusedAndNamesTheEntry()
    {
        await CreateAsync("run", rounds: 1);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_kit.Folder, "data", "federated.db")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE audit SET actor = 'somebody' WHERE sequence = 1";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        Assert.Contains("entry 1 ", await RestKit.RefusedAsync("F412", await _kit.Http.GetAsync("api/v1/backup")), StringComparison.Ordinal);
    }

    async Task<RoundLoop> CreateAsync(string name, int rounds, Action<JsonObject>? change = null)
    {
        foreach (var blob in RestKit.Adapter.Blobs)
            (await _kit.Http.PutAsync($"api/v1/blobs/{Federated.Formats.Digests.TreeDigest.Of(blob)}", new ByteArrayContent(blob))).EnsureSuccessStatusCode();
        var spec = RestKit.Adapter.Spec(name, rounds, 2, s => { s["cohort"] = new JsonObject { ["size"] = 2, ["quorum"] = 2, ["minimum"] = 2 }; change?.Invoke(s); });
        await RestKit.ReadAsync(await _kit.Http.PostAsync("api/v1/runs", new ByteArrayContent(spec)));
        return _kit.Get<RunDirectory>().Get(name);
    }

    async Task TakeAsync()
    {
        using var answer = await _kit.Http.GetAsync("api/v1/backup");
        Assert.Equal("application/x-tar", answer.Content.Headers.ContentType?.MediaType);
        await File.WriteAllBytesAsync(Archive, await answer.Content.ReadAsByteArrayAsync());
        BackupArchive.Verify(Archive);
    }

    async Task RefusedAsync(Fault fault, params string[] left)
    {
        var refusal = await Assert.ThrowsAsync<FaultException>(() => Restore.RunAsync(Archive, Restored, default));
        Assert.Equal(fault, refusal.Refusal.Fault);
        var found = Directory.Exists(Restored) ? Directory.EnumerateFileSystemEntries(Restored).Select(Path.GetFileName).Where(n => n != "lock") : [];
        Assert.Equal(left.Where(n => n != "lock"), found);
    }

    List<string> Entries()
    {
        using var file = File.OpenRead(Archive);
        using var tar = new TarReader(file);
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    public async ValueTask DisposeAsync()
    {
        await _kit.DisposeAsync();
        _elsewhere.Dispose();
    }
}
