namespace Federated.Aggregators.Adapters;

/// <summary>
/// The concrete tensors of an adapter version or of a client's start point, in the one order used everywhere: groups as in the schema
/// (disabled ones left out), tensors as in their group.
/// </summary>
public sealed class AdapterLayout
{
    readonly Dictionary<string, LayoutTensor> _byName;

    AdapterLayout(AdapterSchema schema, int planVersion, IReadOnlyList<LayoutGroup> groups)
    {
        (Schema, PlanVersion, Groups) = (schema, planVersion, groups);
        Tensors = [.. groups.SelectMany(g => g.Tensors)];
        TotalElements = Tensors.Count == 0 ? 0 : Tensors[^1].ElementOffset + Tensors[^1].Elements;
        _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Where the groups are declared.</summary>
    public AdapterSchema Schema { get; }

    /// <summary>Version of the plan that fixed the ranks.</summary>
    public int PlanVersion { get; }

    /// <summary>Enabled groups.</summary>
    public IReadOnlyList<LayoutGroup> Groups { get; }

    /// <summary>All tensors, in order.</summary>
    public IReadOnlyList<LayoutTensor> Tensors { get; }

    /// <summary>Sum of the tensors' elements.</summary>
    public long TotalElements { get; }

    /// <summary>The layout under a plan, for one client's overrides when <paramref name="clientId"/> is given.</summary>
    /// <exception cref="FormatException">The plan contradicts the schema; the message lists everything that does.</exception>
    public static AdapterLayout Of(AdapterSchema schema, AdapterPlan plan, string? clientId = null)
    {
        var problems = plan.Problems(schema);
        return problems.Count == 0 ? Build(schema, plan, clientId) : throw new FormatException(string.Join(" ", problems));
    }

    /// <summary>What a client sends under this plan: the trained tensors only, with their own indices and offsets.</summary>
    public AdapterLayout Trained() => new(Schema, PlanVersion, Place(Groups.Select(g => (g.Group, g.Plan)), trainedOnly: true));

    /// <summary>The tensor with a name, or null.</summary>
    public LayoutTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Bytes of all tensors in one encoding.</summary>
    public long EncodedBytes(TensorEncoding encoding) => Tensors.Sum(t => DeltaCodec.EncodedBytes(encoding, t.Elements));

    static AdapterLayout Build(AdapterSchema schema, AdapterPlan plan, string? clientId) =>
        new(schema, plan.Version, Place(schema.Groups.Select(g => (g, plan.Of(g.Name, clientId))), trainedOnly: false));

    static List<LayoutGroup> Place(IEnumerable<(TensorGroup Group, GroupPlan Plan)> groups, bool trainedOnly)
    {
        var placed = new List<LayoutGroup>();
        var (index, offset) = (0, 0L);
        foreach (var (group, plan) in groups.Where(g => g.Plan.Enabled))
        {
            var tensors = new List<LayoutTensor>();
            foreach (var spec in group.Tensors.Where(t => !trainedOnly || plan.Trains(t.Role)))
            {
                int[] shape = [.. spec.Shape.Select(a => a.Resolve(plan.Rank))];
                var elements = checked((int)shape.Aggregate(1L, (product, size) => product * size));
                tensors.Add(new LayoutTensor(index++, spec.Name, placed.Count, spec.Role, shape, offset, elements, plan.Trains(spec.Role)));
                offset += elements;
            }
            placed.Add(new LayoutGroup(placed.Count, group, plan, tensors));
        }
        return placed;
    }
}
