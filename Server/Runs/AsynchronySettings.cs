using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Server.Runs;

/// <summary>Whether work that outlives its round still counts.</summary>
/// <param name="Continuous">Asynchronous (FedBuff): whoever is free trains, and the quorum is the buffer. Otherwise rounds begin together, and only what is late counts later.</param>
/// <param name="MaxStaleness">Versions that may have been published since a client's start, 1 to 1,000.</param>
sealed record AsynchronySettings(bool Continuous, int MaxStaleness)
{
    const string Late = "semi-synchronous";
    const string Buffered = "asynchronous";

    public static AsynchronySettings Read(StrictObject o)
    {
        var settings = new AsynchronySettings(o.Choice("mode", [Late, Buffered]) == Buffered, (int)o.Integer("maxStaleness", 1, 1_000, 20));
        o.Done();
        return settings;
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("asynchrony");
        w.WriteString("mode", Continuous ? Buffered : Late);
        w.WriteNumber("maxStaleness", MaxStaleness);
        w.WriteEndObject();
    }
}
