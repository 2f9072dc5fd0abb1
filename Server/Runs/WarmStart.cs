using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Fleet;

namespace Federated.Server.Runs;

/// <summary>An existing version that a run begins with, instead of an uploaded version 0.</summary>
/// <param name="Run">Whose.</param>
/// <param name="Version">0 or more.</param>
sealed record WarmStart(string Run, int Version)
{
    public static WarmStart Read(StrictObject o)
    {
        var start = new WarmStart(o.Text("run", maxLength: ClientIds.MaxLength), (int)o.Integer("version", 0, int.MaxValue));
        o.Done();
        return start;
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("warmStart");
        w.WriteString("run", Run);
        w.WriteNumber("version", Version);
        w.WriteEndObject();
    }
}
