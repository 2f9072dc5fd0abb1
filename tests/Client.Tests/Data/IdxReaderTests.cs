using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Data;

public sealed class IdxReaderTests : IDisposable
{
    readonly TestFolder _folder = new();

    [Theory]
    [InlineData("images.idx")]
    [InlineData("images.idx.gz")]
    public void ReadImages_PlainOrGzipped_GivesTheBytes(string name)
    {
        byte[][] images = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]];
        IdxFiles.WriteImages(_folder[name], images, 2, 3);
        var read = IdxReader.ReadImages(_folder[name]);
        Assert.Equal((2, 2, 3), (read.Count, read.Rows, read.Columns));
        Assert.Equal(images[1], read.Image(1).ToArray());
    }

    [Theory]
    [InlineData(new byte[0], "is not an IDX file")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 5, 6 }, "is not an IDX file of unsigned bytes with 3 dimension")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 2 }, "ends inside its header")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 9 }, "ends after 1 of 2 bytes")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9 }, "is longer than the 1 bytes")]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1 }, "declares -1 x 1 x 1")]
    [InlineData(new byte[] { 0, 0, 8, 3, 127, 255, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255 }, "are allowed")]
    [InlineData(new byte[] { 0x1f, 0x8b, 1, 2, 3 }, "cannot be used|gzip")]
    public void ReadImages_Malformed_OneSentenceNamingTheFile(byte[] content, string expected)
    {
        File.WriteAllBytes(_folder["bad"], content);
        var fault = Assert.Throws<ClientFault>(() => IdxReader.ReadImages(_folder["bad"]));
        Assert.Equal(("F510", ClientExit.Environment), (fault.Code, fault.Exit));
        Assert.Contains(_folder["bad"], fault.Message, StringComparison.Ordinal);
        Assert.Matches(expected, fault.Message);
    }

    [Fact]
    public void Load_LabelsOfAnotherNumber_NamesBothNumbers()
    {
        IdxFiles.WriteImages(_folder["i"], [[1], [2]], 1, 1);
        IdxFiles.WriteLabels(_folder["l"], [1, 2, 3]);
        var fault = Assert.Throws<ClientFault>(() => ImageArchive.Load(_folder["i"], _folder["l"]));
        Assert.Contains("3 labels for the 2 images", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_SaysSo()
    {
        var fault = Assert.Throws<ClientFault>(() => ImageArchive.Load(_folder["none"], _folder["none"]));
        Assert.Contains("does not exist", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
