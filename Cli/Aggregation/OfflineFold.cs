using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Formats.Peft;

namespace Federated.Cli.Aggregation;

/// <summary>Reads adapters, folds them as the coordinator would fold updates of one round, and writes the result.</summary>
static class OfflineFold
{
    public static AggregateReport Run(AggregateRequest request, CancellationToken stop)
    {
        if (request.Clients.Count == 0) throw Refused.Words("At least one --client is needed.");
        if (Duplicate(request) is { } twice) throw Refused.Words($"--client '{twice}' is given twice; give it one weight instead.");
        OutputFolder.RequireFree(request.Output);
        var spec = StrategyChoice.Read(StrategyCatalog.Default, request.Strategy, request.Settings);
        var composition = Compose(spec);
        AdapterFolder[] clients = [.. request.Clients.Select(c => AdapterFolder.Read(c.Folder))];
        var previous = request.Previous is { } folder ? AdapterFolder.Read(folder) : null;
        AdapterFolder[] all = previous is null ? clients : [previous, .. clients];
        CommonBase.Require(all);
        try
        {
            var input = Input(request, spec, composition, new CommonSchema(all, previous), clients, previous);
            RequireRoom(input);
            var result = new Fold(composition).Run(input, new FoldLimits(request.Threads), stop);
            var report = AggregateReport.Of(request, composition, input, result);
            if (request.ResidualBeside)
                OutputFolder.Write(request.Output, PeftExport.Of(result.Tensors), ResidualAdapter.Of(result), result.State, report);
            else
                OutputFolder.Write(request.Output, PeftExport.Of(result.Tensors, result.Offsets), null, result.State, report);
            return report;
        }
        catch (Exception e) when (e is FoldRefusedException or FormatException)
        {
            throw Refused.Combining(e.Message);
        }
    }

    static FoldInput Input(AggregateRequest request, FoldSpec spec, Composition composition, CommonSchema schema, AdapterFolder[] clients, AdapterFolder? previous)
    {
        if (StrategyCatalog.Default.Refusals(spec, new FoldRequirements { MixedRanks = schema.MixedRanks }, schema.Schema) is { Count: > 0 } refusals)
            throw Refused.Combining(string.Join(" ", refusals));
        var start = previous is null ? null : schema.Take(previous, AdapterLayout.Of(schema.Schema, schema.RanksOf(previous)));
        StartRules.Require(composition, schema, start is not null, request.Round);
        var version = AdapterLayout.Of(schema.Schema, composition.PlanFor(schema.Schema, schema.Ranks, request.Round));
        var theta = start?.Reshape(version) ?? new AdapterTensors(version);
        List<Contribution> contributions = [];
        for (var k = 0; k < clients.Length; k++)
        {
            var layout = AdapterLayout.Of(schema.Schema, composition.PlanFor(schema.Schema, schema.RanksOf(clients[k]), request.Round));
            var delta = Difference(schema.Take(clients[k], layout), start is null ? null : theta.Reshape(layout));
            StartRules.RequireShared(composition, delta, clients[k].Name);
            contributions.Add(new Contribution(clients[k].Name, request.Clients[k].Weight, layout, new DenseDelta(delta)));
        }
        return new FoldInput(theta, contributions) { Round = request.Round, State = OfflineState.Read(request.State) };
    }

    // What a client would have sent in F32: the difference, formed in fp64 and rounded once.
    static AdapterTensors Difference(AdapterTensors own, AdapterTensors? start)
    {
        if (start is null) return own;
        var delta = new float[own.Values.Length];
        for (var i = 0; i < delta.Length; i++)
            delta[i] = (float)((double)own.Values[i] - start.Values[i]);
        return new AdapterTensors(own.Layout, delta);
    }

    static Composition Compose(FoldSpec spec)
    {
        try
        {
            return StrategyCatalog.Default.Compose(spec);
        }
        catch (FormatException e)
        {
            throw Refused.Words(e.Message);
        }
    }

    /// <summary>Offsets are appended as rank: the largest that any rule makes must still be one array.</summary>
    static void RequireRoom(FoldInput input)
    {
        foreach (var group in input.Previous.Layout.Groups.Where(g => g.Group.Product is not null))
        {
            var longest = group.Tensors.Max(t => (long)t.Elements) * (input.Contributions.Count + 3);
            if (longest > Array.MaxLength) throw new FormatException($"Module '{group.Group.Name}' would have up to {longest} elements a factor with the clients' factors side by side; at most {Array.MaxLength} are possible.");
        }
    }

    static string? Duplicate(AggregateRequest request) =>
        request.Clients.GroupBy(c => Path.GetFullPath(c.Folder)).FirstOrDefault(g => g.Count() > 1)?.First().Folder;
}
