namespace Server.Tests.Kit;

sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("federated-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
