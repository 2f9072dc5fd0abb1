using Federated.Formats.Files;
using Federated.Formats.Tests.Shared;

namespace Federated.Formats.Tests.Files;

public sealed class MappedFileTests
{
    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(4097, 60_000)]
    [InlineData(99_999, 1)]
    [InlineData(100_000, 0)]
    public void Announce_AnyWindow_LeavesTheBytesAsTheyAre(int offset, int length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(folder.File("file"), bytes);
        using var mapped = new MappedFile(folder.File("file"));
        mapped.Announce(offset, length);
        Assert.True(bytes.AsSpan(offset, length).SequenceEqual(mapped.Span(offset, length)));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(2, -1)]
    public void Announce_OutsideTheFile_IsRefused(long offset, long length)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("file"), new byte[10]);
        using var mapped = new MappedFile(folder.File("file"));
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Announce(offset, length));
    }
}
