using System.Reflection;

namespace Federated.Client.Rounds;

static class ClientSoftware
{
    /// <summary>Name and version, for people.</summary>
    public static string Name { get; } = $"federated-client/{Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";
}
