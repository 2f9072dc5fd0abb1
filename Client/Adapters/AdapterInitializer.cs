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

    /// <exception cref="ClientFault">F522: the method or one of its options is unknown, or selects nothing.</exception>
    public static AdapterBundle Create(IFoundationModel model, AdapterRequest request)
    {
        var options = new Dictionary<string, string>(request.Options, StringComparer.Ordinal);
        var head = options.Remove(HeadOption, out var asked) ? asked : "frozen";
        if (head is not ("frozen" or "trained"))
            throw ClientFaults.Method($"Option head is '{head}'; 'frozen' or 'trained' is needed.");
        List<(IPeftMethod Method, MethodDescription Description)> described = [Describe(model, request.Method, options)];
        if (head == "trained" && request.Method != HeadMethod.WireName)
            described.Add(Describe(model, HeadMethod.WireName, new Dictionary<string, string>()));
        var rank = described.Max(d => d.Description.Rank);
        var schema = new AdapterSchema(model.BaseDigest, model.ModelType, rank, [.. described.SelectMany(d => d.Description.Groups)], request.BaseName);
        var plan = Plan(described.Select(d => d.Description), rank);
        var values = new AdapterTensors(AdapterLayout.Of(schema, plan));
        return new AdapterBundle(schema, plan, values) { Offsets = Initialise(model, described, values, request.Seed) };
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
