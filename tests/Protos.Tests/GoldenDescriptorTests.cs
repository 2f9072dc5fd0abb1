using System.Runtime.CompilerServices;

namespace Protos.Tests;

public sealed class GoldenDescriptorTests
{
    /// <summary>
    /// A client in the field was built against this wire. A new field is a new line; a changed or vanished line breaks somebody.
    /// To accept an addition, run the test with FEDERATED_ACCEPT_GOLDEN=1 and read the diff.
    /// </summary>
    [Fact]
    public void Wire_IsTheGoldenOne()
    {
        var golden = Path.Combine(Folder(), "wire.golden.txt");
        var actual = DescriptorText.Write();
        if (Environment.GetEnvironmentVariable("FEDERATED_ACCEPT_GOLDEN") == "1") File.WriteAllText(golden, actual);
        Assert.Equal(File.ReadAllText(golden), actual);
    }

    [Fact]
    public void EveryMessage_ReservesRoomToGrow()
    {
        var messages = DescriptorText.Write().Split('\n').Where(line => line.StartsWith("message ", StringComparison.Ordinal) && line.Contains(" reserved ", StringComparison.Ordinal));
        Assert.All(messages, line => Assert.EndsWith("-31", line.Replace("-15", "-31", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
