using System.Security.Cryptography;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Tests.Support;
using Federated.Formats.Digests;

namespace Federated.Client.Tests.Rounds;

public sealed class OutboxTests : IDisposable
{
    const string Assignment = "fashion:3:1:t:site-a";

    readonly TestFolder _folder = new();

    [Fact]
    public void Open_AfterARestart_FindsWhatWasAddedWithItsDigest()
    {
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        var added = Outbox.Open(new OutboxFolder(_folder.Path)).Add(Assignment, "fashion", bytes[..100], [bytes.AsMemory(100, 1000), bytes.AsMemory(1100)]);

        var found = Assert.Single(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Equal(added, found);
        Assert.Equal((Assignment, "fashion", 100, (long)bytes.Length, TreeDigest.Of(bytes)),
            (found.AssignmentId, found.RunId, found.HeaderLength, found.Size, found.Digest));
        Assert.Equal(bytes, File.ReadAllBytes(found.Path)[..bytes.Length]);
    }

    [Fact]
    public void Remove_AfterwardsAndAfterARestart_NothingIsLeft()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        outbox.Add(Assignment, "r", [1], [new byte[] { 2 }]);
        outbox.Remove(Assignment);
        outbox.Remove(Assignment);
        Assert.Empty(outbox.Entries);
        Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Add_AfterOneWasAccepted_WritesOverItsFileAndHoldsNothingOfIt()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        var first = outbox.Add("r:1", "r", [1], [new byte[5000]]);
        outbox.Accept("r:1");
        var (shorter, second) = (RandomNumberGenerator.GetBytes(70), RandomNumberGenerator.GetBytes(9000));
        var next = outbox.Add("r:2", "r", [2], [shorter]);
        var other = outbox.Add("r:3", "r", [3], [second]);

        Assert.Equal(first.Path, next.Path);
        Assert.Equal([next, other], Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Equal([2, .. shorter], File.ReadAllBytes(next.Path)[..71]);
        Assert.InRange(new FileInfo(next.Path).Length, 71, 1000);
    }

    [Fact]
    public void Open_AfterAcceptedOnes_FindsNoneOfThemAndRemovesTheirFiles()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        foreach (var id in new[] { "r:1", "r:2", "r:3", "r:4" })
            outbox.Add(id, "r", [1], [new byte[100]]);
        foreach (var id in new[] { "r:1", "r:2", "r:3", "r:4" })
            outbox.Accept(id);
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    /// <summary>A power cut while an update is written over an accepted one: any blocks of either, the index of either.</summary>
    [Fact]
    public void Open_TornBetweenTwoUpdates_IsNoEntry()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        var old = File.ReadAllBytes(outbox.Add("r:1", "r", [1], [RandomNumberGenerator.GetBytes(100)]).Path);
        outbox.Accept("r:1");
        var entry = outbox.Add("r:2", "r", [1], [RandomNumberGenerator.GetBytes(100)]);
        var now = File.ReadAllBytes(entry.Path);
        for (var cut = 2; cut < 101; cut++)
        {
            File.WriteAllBytes(entry.Path, [.. now[..cut], .. old[cut..]]);
            Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
            File.WriteAllBytes(entry.Path, [.. old[..cut], .. now[cut..]]);
            Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        }
    }

    [Fact]
    public void Forget_RemovesTheFilesThatWaitForUpdates()
    {
        var outbox = Outbox.Open(new OutboxFolder(_folder.Path));
        outbox.Add("r:1", "r", [1], [new byte[100]]);
        outbox.Accept("r:1");
        outbox.Forget("r");
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    /// <summary>Every prefix of what a write does to the folder, as a crash would leave it.</summary>
    [Theory]
    [InlineData("a.update.tmp")]
    [InlineData("a.update.tmp", "a.left.tmp")]
    [InlineData("a.update.tmp", "a.left")]
    [InlineData("a.update", "a.left")]
    public void Open_CrashBeforeTheEntryIsWhole_RemovesTheStrays(params string[] files)
    {
        foreach (var file in files)
            File.WriteAllBytes(_folder[file], [1, 2, 3]);
        Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    /// <summary>The entry cut off at every byte, and with a byte too many at its front.</summary>
    [Fact]
    public void Open_UpdateOfAnotherLengthThanItsIndexSays_RemovesTheEntry()
    {
        var entry = Outbox.Open(new OutboxFolder(_folder.Path)).Add(Assignment, "r", [1], [new byte[] { 2, 3 }]);
        var whole = File.ReadAllBytes(entry.Path);
        foreach (var damaged in Enumerable.Range(0, whole.Length).Select(n => whole[..n]).Append([9, .. whole]))
        {
            File.WriteAllBytes(entry.Path, damaged);
            Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    public void Open_DamagedIndex_RemovesTheEntry(string index)
    {
        var json = System.Text.Encoding.UTF8.GetBytes(index);
        File.WriteAllBytes(_folder["a.update"], [1, .. json, .. BitConverter.GetBytes(json.Length)]);
        Assert.Empty(Outbox.Open(new OutboxFolder(_folder.Path)).Entries);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData("a/b\\c:d\u00e4")]
    public void Add_IdWithOddCharacters_StaysInTheFolder(string assignment)
    {
        var entry = Outbox.Open(new OutboxFolder(_folder.Path)).Add(assignment, "r", [1], []);
        Assert.Equal(_folder.Path, Path.GetDirectoryName(Path.GetFullPath(entry.Path)));
        Assert.Equal(assignment, Assert.Single(Outbox.Open(new OutboxFolder(_folder.Path)).Entries).AssignmentId);
    }

    public void Dispose() => _folder.Dispose();
}
