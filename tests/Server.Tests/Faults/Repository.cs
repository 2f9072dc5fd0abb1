namespace Server.Tests.Faults;

static class Repository
{
    public static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Federated.sln")))
                return Path.Combine(folder.FullName, relative);
        }
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
