using Federated.Formats.Digests;
using Federated.Server.Storage;
using Server.Tests.Crash;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

/// <summary>Slots are written over in place: what was acknowledged and not released must survive whatever comes after it.</summary>
public sealed class SlotFileTests : IDisposable
{
    const int MostSlots = 3;

    readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recover_AfterEveryOperation_FindsWhatWasWrittenAndNotReleased(bool powerCut)
    {
        var original = Path.Combine(_folder.Path, "original");
        var log = new OperationLog();
        log.CreateFolder(original);
        log.FlushFolder(_folder.Path);
        var expected = Record(log, Path.Combine(original, "slots"));

        var operations = log.Operations;
        for (var length = 2; length <= operations.Count; length++)
        {
            var root = Path.Combine(_folder.Path, $"{length}");
            new DiskImage(operations.Take(length)).WriteTo(root, original, powerCut);
            using var slots = new SlotFile(Path.Combine(root, "slots"), MostSlots, Disk.Real);
            var found = slots.Recover().SelectMany(s => s.Entries).Where(e => e.IsSound).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
            Assert.Subset(found, expected.Last(e => e.Operations <= length).Names);
        }
    }

    [Fact]
    public void Recover_SlotsOfAnEarlierProcess_AreTakenUntilTheyAreReleased()
    {
        var path = Path.Combine(_folder.Path, "slots");
        using (var first = new SlotFile(path, MostSlots, Disk.Real))
        {
            foreach (var name in new[] { "a", "b", "c" })
                first.Write(first.TryTake()!.Value, [Entry(name, 10)]);
            Assert.Null(first.TryTake());
            first.Release(1);
        }
        using var second = new SlotFile(path, MostSlots, Disk.Real);

        var found = second.Recover().ToList();

        Assert.Equal([(0, "a"), (2, "c")], found.Select(f => (f.Slot, Assert.Single(f.Entries).Name)));
        Assert.Equal(1, second.TryTake());
        Assert.Null(second.TryTake());
        second.Release(2);
        Assert.Equal(2, second.TryTake());
    }

    [Fact]
    public void Trim_WhenNothingIsTaken_GivesTheRoomBack()
    {
        var path = Path.Combine(_folder.Path, "slots");
        using var slots = new SlotFile(path, MostSlots, Disk.Real);
        var (one, other) = (slots.TryTake()!.Value, slots.TryTake()!.Value);
        slots.Write(one, [Entry("a", 10)]);
        slots.Write(other, [Entry("b", 10)]);
        slots.Release(one);
        slots.Trim();
        Assert.NotEqual(0, new FileInfo(path).Length);
        slots.Release(other);
        slots.Trim();
        Assert.Equal(0, new FileInfo(path).Length);
        Assert.Equal(0, slots.TryTake());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(60)]
    public void Recover_IndexDamaged_HoldsNothing(long at)
    {
        var path = Path.Combine(_folder.Path, "slots");
        using (var slots = new SlotFile(path, MostSlots, Disk.Real))
            slots.Write(slots.TryTake()!.Value, [Entry("a", 10)]);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, [0xff], at);

        using var after = new SlotFile(path, MostSlots, Disk.Real);
        Assert.Empty(after.Recover());
        Assert.Equal(0, after.TryTake());
    }

    static List<(int Operations, HashSet<string> Names)> Record(OperationLog log, string path)
    {
        using var slots = new SlotFile(path, MostSlots, log);
        var (random, taken, expected) = (new Random(5), new Dictionary<int, string>(), new List<(int, HashSet<string>)> { (0, []) });
        for (var step = 0; step < 60; step++)
        {
            if (taken.Count == MostSlots || (taken.Count > 0 && random.Next(3) == 0))
            {
                var gone = taken.Keys.ElementAt(random.Next(taken.Count));
                taken.Remove(gone);
                expected.Add((log.Operations.Count, [.. taken.Values]));
                slots.Release(gone);
                continue;
            }
            var slot = slots.TryTake()!.Value;
            slots.Write(slot, [Entry($"{step}", 1 + random.Next(2_000)), Entry($"{step}'", 5)]);
            taken[slot] = $"{step}";
            expected.Add((log.Operations.Count, [.. taken.Values]));
        }
        return expected;
    }

    static SlotEntry Entry(string name, int length)
    {
        var bytes = new byte[length];
        new Random(length + name.Length * 7919 + name[0]).NextBytes(bytes);
        return new SlotEntry(name, TreeDigest.Of(bytes), bytes);
    }

    public void Dispose() => _folder.Dispose();
}
