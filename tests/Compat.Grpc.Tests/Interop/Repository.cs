namespace Compat.Grpc.Tests.Interop;

/// <summary>Paths in the checkout that this test was built from.</summary>
static class Repository
{
    public static string Path(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Federated.sln")))
                return System.IO.Path.Combine([folder.FullName, .. parts]);
        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
