using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>An adapter at work in a model: all groups of one layout, whatever their methods, on a base that frozen offsets may have changed.</summary>
public sealed class AttachedAdapter : IDisposable
{
    readonly List<(ModelSite Site, IGroupAttachment Attachment)> _groups = [];
    readonly WeightPatch _merged = new();
    readonly WeightPatch _offsets = new();

    AttachedAdapter(AdapterLayout layout) => Layout = layout;

    public AdapterLayout Layout { get; }

    /// <summary>The groups at work, in layout order.</summary>
    public IEnumerable<IGroupAttachment> Groups => _groups.Select(g => g.Attachment);

    /// <summary>Whether the groups that can be are added into the base's weights at the moment.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Puts every enabled group of the layout into the model; all values are zero until <see cref="Import"/>.</summary>
    /// <param name="model">The base.</param>
    /// <param name="layout">Which groups, at which ranks.</param>
    /// <param name="offsets">Frozen factors of the version: until <see cref="Dispose"/> the base's weight of a group's site is W + sum of scale * left * right.</param>
    /// <param name="catalog">Null is every method of this build.</param>
    /// <exception cref="ClientFault">F521: the schema is for another base, or a group or an offset fits no site or no method.</exception>
    public static AttachedAdapter Attach(IFoundationModel model, AdapterLayout layout, IReadOnlyList<OffsetFactor>? offsets = null, MethodCatalog? catalog = null)
    {
        var places = Place(model, layout, catalog ?? MethodCatalog.Default);
        var patches = Offsets.Place(places.Select(p => (p.Site, p.Group)), offsets ?? []);
        var adapter = new AttachedAdapter(layout);
        Offsets.Apply(patches, adapter._offsets);
        foreach (var (method, site, group) in places)
            adapter._groups.Add((site, method.Attach(site, group)));
        return adapter;
    }

    /// <summary>Whether every group of the layout fits the model, without touching it: safe while the model is at work.</summary>
    /// <exception cref="ClientFault">F521, as <see cref="Attach"/>.</exception>
    public static void Check(IFoundationModel model, AdapterLayout layout, MethodCatalog? catalog = null) =>
        Place(model, layout, catalog ?? MethodCatalog.Default);

    /// <summary>Sets every tensor.</summary>
    /// <exception cref="ArgumentException">The values belong to another layout.</exception>
    public void Import(AdapterTensors values)
    {
        Check(values.Layout);
        foreach (var (parameter, tensor) in Pairs())
            TensorValues.Write(parameter, values[tensor.Index]);
    }

    /// <summary>Reads every tensor, bit for bit.</summary>
    public AdapterTensors Export()
    {
        var values = new AdapterTensors(Layout);
        foreach (var (parameter, tensor) in Pairs())
            TensorValues.Read(parameter, values[tensor.Index]);
        return values;
    }

    /// <summary>What is trained, with its factor on the learning rate; groups that the plan freezes are left out.</summary>
    public IReadOnlyList<(double LearningRate, IReadOnlyList<Parameter> Parameters)> ParameterGroups() => Trained(_groups.Select(g => (g.Attachment, g.Attachment.Tensors)));

    /// <summary>Whether every group can have tensors of its own for each example of a batch.</summary>
    public bool CanSpread => _groups.All(g => g.Attachment is IExampleAttachment { CanSpread: true });

    /// <summary>Lets every group compute with a copy of its tensors for each example, until <see cref="Gather"/>: the gradients of the copies are the examples' own.</summary>
    /// <param name="examples">What the batches meanwhile hold, 1 or more.</param>
    /// <returns>The copies [examples, ...], in the order of <see cref="ParameterGroups"/>; the current dispose scope owns them.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CanSpread"/> is false.</exception>
    public IReadOnlyList<Tensor> Spread(long examples)
    {
        if (!CanSpread)
            throw new InvalidOperationException("The adapter has groups whose places take one tensor for all examples.");
        return [.. Trained(_groups.Select(g => (g.Attachment, ((IExampleAttachment)g.Attachment).Spread(examples)))).SelectMany(g => g.Tensors)];
    }

    /// <summary>Takes <see cref="Spread"/> back.</summary>
    public void Gather()
    {
        foreach (var (_, attachment) in _groups)
            (attachment as IExampleAttachment)?.Gather();
    }

    /// <summary>Adds the groups that can be into the base's weights, so that the forward pass costs what the base costs.</summary>
    public void Merge()
    {
        if (IsMerged)
            throw new InvalidOperationException("The adapter is merged already.");
        IsMerged = true;
        foreach (var (place, attachment) in _groups.Where(Merges))
        {
            var site = (WeightSite)place;
            var (weight, bias) = attachment.EffectiveDelta();
            attachment.Disable();
            if (weight is not null)
                _merged.Add(site.Weight, weight);
            if (bias is not null)
                _merged.Add(site.Bias!, bias);
        }
    }

    /// <summary>Restores the base's weights bit for bit, from the copy made when merging.</summary>
    public void Unmerge()
    {
        if (!IsMerged)
            return;
        _merged.Undo();
        foreach (var (_, attachment) in _groups.Where(Merges))
            attachment.Enable();
        IsMerged = false;
    }

    // Few bits have no room for what would be added; such a site keeps its branch.
    static bool Merges((ModelSite Site, IGroupAttachment Attachment) group) => group.Attachment.CanMerge && group.Site is not LinearSite { Packed: not null };

    public void Dispose()
    {
        Unmerge();
        foreach (var (_, attachment) in _groups)
            attachment.Dispose();
        _groups.Clear();
        _offsets.Undo();
    }

    // By learning rate, in layout order within one; of copies as of the tensors themselves.
    static IReadOnlyList<(double LearningRate, IReadOnlyList<T> Tensors)> Trained<T>(IEnumerable<(IGroupAttachment Attachment, IReadOnlyList<T> Tensors)> groups) where T : Tensor =>
        [.. groups.GroupBy(g => g.Attachment.Group.Group.LearningRate)
            .Select(g => (g.Key, (IReadOnlyList<T>)[.. g.SelectMany(a => a.Tensors).Where(t => t.requires_grad)]))
            .Where(g => g.Item2.Count > 0)];

    static List<(IPeftMethod Method, ModelSite Site, LayoutGroup Group)> Place(IFoundationModel model, AdapterLayout layout, MethodCatalog catalog)
    {
        var schema = layout.Schema;
        if (schema.ModelType != model.ModelType || schema.BaseDigest != model.BaseDigest)
            throw ClientFaults.Adapter($"The adapter is for a base of type '{schema.ModelType}' with digest {schema.BaseDigest}; this one is '{model.ModelType}' with {model.BaseDigest}.");
        var sites = model.Sites.ToDictionary(s => s.Site);
        var places = new List<(IPeftMethod, ModelSite, LayoutGroup)>();
        foreach (var group in layout.Groups)
        {
            var method = catalog.For(group.Group);
            if (!sites.TryGetValue(group.Group.Site, out var site))
                throw ClientFaults.Adapter($"Group '{group.Group.Name}' attaches to '{group.Group.Site.Path}' ({group.Group.Site.Kind}), which the model does not have.");
            method.Check(site, group);
            places.Add((method, site, group));
        }
        return places;
    }

    IEnumerable<(Parameter Parameter, LayoutTensor Tensor)> Pairs() =>
        _groups.SelectMany(g => g.Attachment.Tensors.Zip(g.Attachment.Group.Tensors));

    void Check(AdapterLayout layout)
    {
        if (layout.Schema.Digest != Layout.Schema.Digest || !layout.Tensors.Select(t => (t.Name, t.Elements)).SequenceEqual(Layout.Tensors.Select(t => (t.Name, t.Elements))))
            throw new ArgumentException($"The values are for schema {layout.Schema.Digest}, plan {layout.PlanVersion}; the adapter is for {Layout.Schema.Digest}, plan {Layout.PlanVersion}.", nameof(layout));
    }
}
