using Federated.Aggregators.Json;

namespace Federated.Aggregators.Adapters;

/// <summary>What every schema must satisfy.</summary>
static class AdapterSchemaRules
{
    const int MaxName = 512;
    const int MaxAxes = 8;
    const int MaxTensorsPerGroup = 8;
    const int MaxGroups = 65_536;
    const int RankLimit = 4096;
    const int MaxElements = 1 << 28;

    public static void Check(AdapterSchema schema)
    {
        if (schema.BaseDigest.Length != 64 || schema.BaseDigest.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            throw new FormatException($"schema.base_digest is '{NearestName.Shorten(schema.BaseDigest)}'; 64 lower-case hexadecimal digits are needed.");
        if (schema.MaxRank is < 1 or > RankLimit)
            throw new FormatException($"schema.max_rank is {schema.MaxRank}; 1 to {RankLimit} is allowed.");
        if (schema.Groups.Count is 0 or > MaxGroups)
            throw new FormatException($"schema.groups has {schema.Groups.Count} groups; 1 to {MaxGroups} are allowed.");

        var groups = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in schema.Groups)
        {
            Name("group", group.Name);
            if (!groups.Add(group.Name))
                throw new FormatException($"Two groups are named '{group.Name}'.");
            CheckGroup(group, schema.MaxRank, tensors);
        }
    }

    static void CheckGroup(TensorGroup group, int maxRank, HashSet<string> names)
    {
        if (group.Tensors.Count is 0 or > MaxTensorsPerGroup)
            throw new FormatException($"Group '{group.Name}' has {group.Tensors.Count} tensors; 1 to {MaxTensorsPerGroup} are allowed.");
        if (!(group.LearningRate is > 0 and <= 1e6))
            throw new FormatException(FormattableString.Invariant($"Group '{group.Name}' has learning_rate {group.LearningRate}; above 0 and at most 1e6 is allowed."));
        var roles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in group.Tensors)
        {
            Name("tensor", tensor.Name);
            Name("role", tensor.Role);
            if (!names.Add(tensor.Name))
                throw new FormatException($"Two tensors are named '{tensor.Name}'.");
            if (!roles.Add(tensor.Role))
                throw new FormatException($"Group '{group.Name}' has role '{tensor.Role}' twice.");
            CheckSize(tensor, maxRank);
        }
        CheckProduct(group);
        CheckTrace(group);
    }

    static void CheckTrace(TensorGroup group)
    {
        if (group.Algebra != Algebra.SeedTrace)
            return;
        if (group.Tensors.FirstOrDefault(t => t.Role == AdapterSchema.TraceRole) is not { Shape: [{ IsRank: false }] } || group.Tensors.Count < 2)
            throw new FormatException($"Seed-trace group '{group.Name}' needs a tensor with role '{AdapterSchema.TraceRole}' of one axis, the seeds, and at least one other that is replayed.");
    }

    static void CheckSize(TensorSpec tensor, int maxRank)
    {
        if (tensor.Shape.Count is 0 or > MaxAxes)
            throw new FormatException($"Tensor '{tensor.Name}' has {tensor.Shape.Count} axes; 1 to {MaxAxes} are allowed.");
        var elements = 1L;
        foreach (var axis in tensor.Shape)
        {
            elements *= axis.Resolve(maxRank);
            if (elements > MaxElements)
                throw new FormatException($"Tensor '{tensor.Name}' has more than {MaxElements} elements at rank {maxRank}.");
        }
    }

    static void CheckProduct(TensorGroup group)
    {
        if ((group.Product is not null) != (group.Algebra == Algebra.Product))
            throw new FormatException($"Group '{group.Name}' has algebra {EnumNames<Algebra>.Of(group.Algebra)} and {(group.Product is null ? "no" : "a")} product; product groups have one, others none.");
        if (group.Product is not { } product)
            return;
        if (!(product.Alpha > 0 && double.IsFinite(product.Alpha)))
            throw new FormatException(FormattableString.Invariant($"Group '{group.Name}' has alpha {product.Alpha}; a finite number above 0 is needed."));
        if (product.Left == product.Right || group.Tensors.Count != 2)
            throw new FormatException($"Product group '{group.Name}' needs exactly its two factors, left and right.");
        foreach (var (role, rankAxis) in new[] { (product.Left, 1), (product.Right, 0) })
        {
            if (!group.Tensors.Any(t => t.Role == role))
                throw new FormatException($"Product group '{group.Name}' has no tensor with role '{role}'.");
            var tensor = group.Tensors[group.IndexOf(role)];
            if (tensor.Shape.Count != 2 || !tensor.Shape[rankAxis].IsRank || tensor.Shape[1 - rankAxis].IsRank)
                throw new FormatException($"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; a {(rankAxis == 1 ? "left factor is [size, r]" : "right factor is [r, size]")}.");
        }
        if (product.Kronecker is { } shape)
            CheckKronecker(group, shape, product);
    }

    static void CheckKronecker(TensorGroup group, KroneckerShape shape, ProductForm product)
    {
        Side(product.Left, 0, shape.M1, shape.N1, "m1 * n1");
        Side(product.Right, 1, shape.M2, shape.N2, "m2 * n2");

        void Side(string role, int axis, int rows, int columns, string name)
        {
            var tensor = group.Tensors[group.IndexOf(role)];
            if ((long)rows * columns != tensor.Shape[axis].Resolve(1))
                throw new FormatException($"Group '{group.Name}' has product.kronecker with {name} = {(long)rows * columns}; tensor '{tensor.Name}' has size {tensor.Shape[axis]}.");
        }
    }

    static void Name(string what, string name)
    {
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
            throw new FormatException($"A {what}'s name is '{NearestName.Shorten(name)}' ({name.Length} characters); 1 to {MaxName} printable characters are allowed.");
    }
}
