using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;

namespace Federated.Formats.Peft;

/// <summary>Turns an adapter version into a peft adapter.</summary>
public static class PeftExport
{
    /// <summary>
    /// The adapter as peft loads it on the original base: product groups become LoRA modules (full module names as targets), affine groups modules to save.
    /// Offsets are appended as rank, scaled so that peft's alpha / r leaves them unchanged.
    /// </summary>
    /// <exception cref="FormatException">A group is neither, so that peft's LoRA cannot express it, or groups disagree on rsLoRA.</exception>
    public static PeftFolder Of(AdapterTensors version, IReadOnlyList<OffsetFactor>? offsets = null) => Of(version.Layout, t => version[t].ToArray(), offsets ?? []);

    /// <summary>The same of a version whose tensors are read one after another, while the folder is written.</summary>
    /// <param name="layout">Names, shapes and order.</param>
    /// <param name="read">Reads a tensor of the layout.</param>
    /// <param name="offsets">Frozen factors, oldest first.</param>
    /// <exception cref="FormatException">As above.</exception>
    public static PeftFolder Of(AdapterLayout layout, Func<LayoutTensor, float[]> read, IReadOnlyList<OffsetFactor> offsets)
    {
        var modules = layout.Groups.Where(g => g.Group.Algebra == Algebra.Product)
            .Select(g => PeftModule.Of(g, read, [.. offsets.Where(o => o.Group == g.Group.Name)])).ToList();
        foreach (var group in layout.Groups.Where(g => g.Group.Algebra is not (Algebra.Product or Algebra.Affine)))
            throw new FormatException($"Group '{group.Group.Name}' has algebra {group.Group.Algebra}, which peft's LoRA cannot express.");
        if (modules.Count == 0)
            throw new FormatException("The adapter has no product group, so it is no LoRA adapter.");
        var saved = layout.Groups.Where(g => g.Group.Algebra == Algebra.Affine).ToList();
        return new PeftFolder(Config(layout, modules, saved), [.. modules.SelectMany(m => m.Tensors), .. saved.SelectMany(g => g.Tensors).Select(t => Saved(t, read))]);
    }

    static PeftLoraConfig Config(AdapterLayout layout, List<PeftModule> modules, List<LayoutGroup> saved)
    {
        if (modules.Select(m => m.RsLora).Distinct().Count() > 1)
            throw new FormatException("Some groups use rsLoRA and some do not; peft's LoRA has one setting for all.");
        var (rank, alpha) = (modules[0].Rank, modules[0].Alpha);
        return new PeftLoraConfig(rank, alpha, [.. modules.Select(m => m.Path)])
        {
            BaseModel = layout.Schema.BaseModel,
            RsLora = modules[0].RsLora,
            ModulesToSave = [.. saved.Select(g => g.Group.Site.Path).Distinct()],
            RankPattern = modules.Where(m => m.Rank != rank).ToDictionary(m => m.Path, m => m.Rank),
            AlphaPattern = modules.Where(m => m.Alpha != alpha).ToDictionary(m => m.Path, m => m.Alpha),
        };
    }

    static PeftTensor Saved(LayoutTensor tensor, Func<LayoutTensor, float[]> read) => new(tensor.Name, [.. tensor.Shape.Select(s => (long)s)], () => read(tensor));
}
