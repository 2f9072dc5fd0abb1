using System.Text;
using System.Text.Json;
using Federated.Aggregators.Strategies;

namespace Federated.Server.Aggregation;

/// <summary>A fold's diagnostics under the names of the REST interface; what is undefined or infinite is left out.</summary>
static class DiagnosticsJson
{
    public static string Write(IReadOnlyList<GroupDiagnostics> diagnostics)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartArray();
            foreach (var group in diagnostics)
                Write(w, group);
            w.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static void Write(Utf8JsonWriter w, GroupDiagnostics group)
    {
        w.WriteStartObject();
        w.WriteString("group", group.Group);
        w.WriteNumber("contributors", group.Contributors);
        Number(w, "biasRatio", group.BiasRatio);
        Number(w, "biasPerIncrement", group.BiasToIncrement);
        Number(w, "removableShare", group.RemovableShare);
        Number(w, "productErrorBefore", group.BiasRatio);
        Number(w, "productErrorAfter", group.ProductError);
        Number(w, "correctionSize", group.CorrectionRatio);
        Number(w, "gramCondition", group.GramCondition);
        Number(w, "effectiveRank", group.EffectiveRank);
        Number(w, "clientCosineMin", group.ClientCosineMin);
        Number(w, "clientCosineMean", group.ClientCosineMean);
        Number(w, "clientCosineMax", group.ClientCosineMax);
        Number(w, "changeNorm", group.ChangeNorm);
        if (group.Fallback is not null)
            w.WriteString("fallback", group.Fallback);
        w.WriteEndObject();
    }

    static void Number(Utf8JsonWriter w, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            w.WriteNumber(name, number);
    }
}
