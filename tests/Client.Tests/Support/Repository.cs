namespace Federated.Client.Tests.Support;

static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Federated.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds Federated.sln.");
        return folder.FullName;
    }
}
