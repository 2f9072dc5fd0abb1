using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Peft.Head;

namespace Federated.Client.Adapters;

/// <summary>Makes schema, plan and version 0 where the base model is, once for all sites.</summary>
public static class AdapterInitializer
{
    const string HeadOption = "head";

    /// <exception cref="ClientFault">F522: the method or one of its options is unknown, or selects nothing. F521: the first stage's weights do not fit.</exception>
    public static AdapterBundle Create(IFoundationModel model, AdapterRequest request)
    {
        var described = Methods(model, request);
        var (schema, plan) = Describe(model, request);
        var values = new AdapterTensors(AdapterLayout.Of(schema, plan));
        var bundle = new AdapterBundle(schema, plan, values) { Offsets = Initialise(model, described, values, request.Seed) };
        if (request.FirstStage is not { } path)
            return bundle;
        using var stage = FirstStage.Open(path);
        return bundle with { KeptChange = stage.Initialise(model, bundle) };
    }

    /// <summary>What would be trained, without any value.</summary>
    /// <exception cref="ClientFault">F522, as <see cref="Create"/>.</exception>
    public static (AdapterSchema Schema, AdapterPlan Plan) Describe(IFoundationModel model, AdapterRequest request)
    {
        var described = Methods(model, request).Select(d => d.Description).ToList();
        var rank = described.Max(d => d.Rank);
        return (new AdapterSchema(model.BaseDigest, model.ModelType, rank, [.. described.SelectMany(d => d.Groups)], request.BaseName), Plan(described, rank));
    }

    static List<(IPeftMethod Method, MethodDescription Description)> Methods(IFoundationModel model, AdapterRequest request)
    {
        var options = new Dictionary<string, string>(request.Options, StringComparer.Ordinal);
        var head = options.Remove(HeadOption, out var asked) ? asked : "frozen";
        if (head is not ("frozen" or "trained"))
            throw ClientFaults.Method($"Option head is '{head}'; 'frozen' or 'trained' is needed.");
        var names = TensorSets.Expand(request.Method).ToList();
        if (head == "trained" && !names.Contains(HeadMethod.WireName))
            names.Add(HeadMethod.WireName);
        return [.. names.Select((name, i) => Describe(model, name, i == 0 ? options : new Dictionary<string, string>()))];
    }

    static (IPeftMethod, MethodDescription) Describe(IFoundationModel model, string name, IReadOnlyDictionary<string, string> options)
    {
        var method = MethodCatalog.Default.Get(name);
        return (method, method.Describe(model, new MethodOptions(name, options)));
    }

    static AdapterPlan Plan(IEnumerable<MethodDescription> described, int rank) => new(0,
        described.SelectMany(d => d.Groups.Select(g => (g.Name, Plan: new GroupPlan(Rank: rank, Trained: d.Trained)))).ToDictionary(g => g.Name, g => g.Plan, StringComparer.Ordinal));

    static IReadOnlyList<OffsetFactor> Initialise(IFoundationModel model, IEnumerable<(IPeftMethod Method, MethodDescription Description)> described, AdapterTensors values, ulong seed)
    {
        var methods = described.SelectMany(d => d.Description.Groups.Select(g => (g.Name, d.Method))).ToDictionary(d => d.Name, d => d.Method, StringComparer.Ordinal);
        var sites = model.Sites.ToDictionary(s => s.Site);
        return [.. values.Layout.Groups.Select(g => methods[g.Group.Name].Initialise(sites[g.Group.Site], g, values, seed)).OfType<OffsetFactor>()];
    }
}
