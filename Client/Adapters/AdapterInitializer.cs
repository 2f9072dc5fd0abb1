using Federated.Aggregators.Adapters;
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
        List<MethodDescription> described = [Describe(model, request.Method, options)];
        if (head == "trained" && request.Method != HeadMethod.WireName)
            described.Add(Describe(model, HeadMethod.WireName, new Dictionary<string, string>()));
        var rank = described.Max(d => d.Rank);
        var schema = new AdapterSchema(model.BaseDigest, model.ModelType, rank, [.. described.SelectMany(d => d.Groups)], request.BaseName);
        var plan = AdapterPlan.Uniform(schema, rank);
        return new AdapterBundle(schema, plan, Initialise(model, AdapterLayout.Of(schema, plan), request.Seed));
    }

    static MethodDescription Describe(IFoundationModel model, string name, IReadOnlyDictionary<string, string> options) =>
        MethodCatalog.Default.Get(name).Describe(model, new MethodOptions(name, options));

    static AdapterTensors Initialise(IFoundationModel model, AdapterLayout layout, ulong seed)
    {
        var values = new AdapterTensors(layout);
        foreach (var group in layout.Groups)
        {
            var site = model.Sites.Single(s => s.Site == group.Group.Site);
            MethodCatalog.Default.For(group.Group).Initialise(site, group, values, seed);
        }
        return values;
    }
}
