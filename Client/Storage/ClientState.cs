using System.Security.Cryptography;
using Federated.Client.Faults;
using Federated.Client.Privacy;

namespace Federated.Client.Storage;

/// <summary>A client's state folder, held by one process at a time.</summary>
public sealed class ClientState : IClientState, IDisposable
{
    const int TokenBytes = 32;
    const long SmallBlobsBytes = 32 << 20;

    readonly FileStream _lock;

    ClientState(string folder, FileStream held)
    {
        (Folder, _lock) = (folder, held);
        Token = ReadToken();
    }

    public string Folder { get; }

    /// <summary>This client's secret, 64 lower-case hexadecimal digits, made at the first start.</summary>
    public string Token { get; }

    public IOutboxStore Outbox => new OutboxFolder(Path.Combine(Folder, "outbox"));

    public SiteLedger Ledger => SiteLedger.Open(Path.Combine(Folder, "privacy"));

    public IBlobShelf Blobs(long capacityBytes, TimeProvider time) =>
        new TieredBlobs(new BlobMemory(SmallBlobsBytes), new BlobFolder(Path.Combine(Folder, "blobs"), capacityBytes, time));

    /// <exception cref="ClientFault">F530: the folder cannot be used, or another process holds it.</exception>
    public static ClientState Open(string folder)
    {
        try
        {
            // What was learnt from a site's data lies here until the coordinator has it.
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.CreateDirectory(Path.Combine(folder, "outbox"));
            Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.State(folder, $"cannot be made: {e.Message}", e);
        }
        var held = Hold(folder);
        try
        {
            return new ClientState(folder, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>An advisory lock that the system releases however the process ends.</summary>
    static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.State(folder, e is IOException ? "is in use by another client process." : $"is not writable: {e.Message}", e);
        }
    }

    string ReadToken()
    {
        var path = Path.Combine(Folder, "token");
        try
        {
            if (!File.Exists(path))
                DurableFiles.Write(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes))), secret: true);
            var token = File.ReadAllText(path).Trim();
            return token.Length == 2 * TokenBytes && token.All(char.IsAsciiHexDigitLower) ? token
                : throw ClientFaults.State(Folder, "holds a token file that is no token of 64 hexadecimal digits.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.State(Folder, $"cannot keep the token: {e.Message}", e);
        }
    }
}
