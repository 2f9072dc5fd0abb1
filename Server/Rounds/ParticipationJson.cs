using System.Text;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Server.Planning;

namespace Federated.Server.Rounds;

/// <summary>The planning part of a participation as its row holds it.</summary>
static class ParticipationJson
{
    /// <summary>Null where there is nothing to hold.</summary>
    public static string? Write(Participation p) => p is { Predicted: null, Measured: null, Report: null } ? null : Encoding.UTF8.GetString(CanonicalJson.Write(w =>
    {
        Write(w, "predicted", p.Predicted);
        Write(w, "measured", p.Measured);
        if (p.Report is not { } report)
            return;
        w.WriteStartObject("report");
        report.Write(w);
        w.WriteEndObject();
    }));

    /// <summary>The participation with what <see cref="Write(Participation)"/> wrote of it.</summary>
    public static Participation Read(Participation p, string? json)
    {
        if (json is null)
            return p;
        var o = StrictObject.Parse(Encoding.UTF8.GetBytes(json), "participation");
        var read = p with
        {
            Predicted = ReadCost(o.Object("predicted")),
            Measured = ReadCost(o.Object("measured")),
            Report = o.Object("report") is { } report ? SiteReport.Read(report, p.Client) : null,
        };
        o.Done();
        return read;
    }

    static void Write(Utf8JsonWriter w, string name, WorkCost? cost)
    {
        if (cost is null)
            return;
        w.WriteStartObject(name);
        w.WriteNumber("bytes", cost.Bytes);
        w.WriteNumber("seconds", cost.Seconds);
        w.WriteEndObject();
    }

    static WorkCost? ReadCost(StrictObject? o)
    {
        if (o is null)
            return null;
        var cost = new WorkCost(o.Number("bytes", 0, double.MaxValue), o.Number("seconds", 0, double.MaxValue));
        o.Done();
        return cost;
    }
}
