using System.Security.Cryptography;
using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Federated.Server.Privacy;

/// <summary>One file of 32 random bytes a run, readable by the server's user alone, in a folder of its own beside the database.</summary>
sealed class RunSecrets(string folder) : IRunSecrets
{
    const int Bytes = 32;
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public void Create(string run)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("A run's secret needs a file that its owner alone can read, which this server makes on Unix only.");
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        if (File.Exists(PathOf(run)))
            return;
        var temporary = PathOf(run) + ".tmp";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(RandomNumberGenerator.GetBytes(Bytes));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, PathOf(run), overwrite: false);
        Posix.FlushFolder(folder);
    }

    public byte[] Read(string run)
    {
        if (!File.Exists(PathOf(run)))
            throw new FaultException(Fault.SecretLost, $"The secret of run '{run}' is gone; without it the run's noise cannot be drawn as before.");
        var secret = File.ReadAllBytes(PathOf(run));
        return secret.Length == Bytes ? secret
            : throw new FaultException(Fault.SecretLost, $"The secret of run '{run}' has {secret.Length} bytes; {Bytes} are expected.");
    }

    string PathOf(string run) => Path.Combine(folder, run + ".key");
}
