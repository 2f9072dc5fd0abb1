namespace Federated.Client.Tests.Support;

/// <summary>An outbox as it lies on the disk, looked at while its owner works.</summary>
static class OutboxFiles
{
    /// <summary>Updates that wait: a file of one that was accepted ends with an index of length 0.</summary>
    public static IEnumerable<string> Waiting(string folder) => Directory.GetFiles(folder, "*.update").Where(HasIndex);

    static bool HasIndex(string path)
    {
        try
        {
            return BitConverter.ToInt32(File.ReadAllBytes(path).AsSpan()[^4..]) != 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            // It is being written.
            return true;
        }
    }
}
