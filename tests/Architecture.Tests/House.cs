using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The projects of the house and the arrows allowed between them (docs/architecture.md).</summary>
static class House
{
    /// <summary>For each of our projects, which others its code may name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Federated.Protos"] = [],
        ["Federated.Aggregators"] = [],
        ["Federated.Formats"] = ["Federated.Aggregators"],
        ["Federated.Privacy"] = ["Federated.Aggregators"],
        ["Federated.Privacy.Attacks"] = ["Federated.Privacy", "Federated.Aggregators"],
        ["Federated.Server"] = ["Federated.Protos", "Federated.Formats", "Federated.Aggregators", "Federated.Privacy"],
        ["Federated.Client"] = ["Federated.Protos", "Federated.Formats", "Federated.Aggregators", "Federated.Privacy"],
        ["Federated.Cli"] =
        [
            "Federated.Protos", "Federated.Formats", "Federated.Aggregators", "Federated.Privacy", "Federated.Privacy.Attacks",
            "Federated.Server", "Federated.Client",
        ],
    };

    /// <summary>Who may use libtorch: the server's image carries none.</summary>
    public static readonly string[] MayUseTorch = ["Federated.Client", "Federated.Privacy.Attacks"];

    /// <summary>What Aggregators may take from outside: the base library and SIMD spans.</summary>
    public static readonly string[] AggregatorsPackages = ["System.Numerics.Tensors"];

    public static IEnumerable<Project> Projects =>
        Repository.Files(".", "*.csproj").Select(file => new Project(Path.GetFileNameWithoutExtension(file), file, XDocument.Load(file)));

    public static IEnumerable<Project> Products => Projects.Where(project => Allowed.ContainsKey(project.Name));

    public sealed record Project(string Name, string File, XDocument Xml)
    {
        public string Folder => Path.GetDirectoryName(File)!;

        public IEnumerable<string> ProjectReferences => Xml.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        public IEnumerable<string> PackageReferences => Xml.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

        public bool Says(string property) => Xml.Descendants(property).Any(element => element.Value == "true");

        /// <summary>This project's own sources, not those of a project in a folder below it.</summary>
        public IEnumerable<string> Sources => Repository.Files(Folder, "*.cs").Where(IsNearest);

        bool IsNearest(string source)
        {
            for (var folder = Path.GetDirectoryName(source)!; folder != Folder; folder = Path.GetDirectoryName(folder)!)
                if (Directory.EnumerateFiles(folder, "*.csproj").Any()) return false;
            return true;
        }
    }
}
