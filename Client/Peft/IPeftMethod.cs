using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Models;

namespace Federated.Client.Peft;

/// <summary>
/// A method of parameter-efficient fine-tuning. What it trains it declares as tensor groups; after that, both sides of
/// the wire read the declaration, and only <see cref="Attach"/> knows how the tensors act.
/// </summary>
public interface IPeftMethod
{
    /// <summary>Wire name: lower-case letters, digits and '-'.</summary>
    string Name { get; }

    /// <summary>The groups this method trains on a model. Pure: depends on the model's sites and the options alone.</summary>
    /// <exception cref="Faults.ClientFault">F522: an option is unknown or out of range, or selects no site.</exception>
    MethodDescription Describe(IFoundationModel model, MethodOptions options);

    /// <summary>Whether this method interprets a declared group. Exactly one method does for any group; a method that only declares another's groups interprets none.</summary>
    bool Handles(TensorGroup group);

    /// <summary>Scalars of one group by the method's formula, which knows the site and the rank alone.</summary>
    /// <param name="site">Where.</param>
    /// <param name="group">Its declaration.</param>
    /// <param name="rank">The plan's rank, 1 or more; ignored by methods without one.</param>
    long Count(ModelSite site, TensorGroup group, int rank);

    /// <summary>Writes the values of version 0 of one group, a pure function of the seed, the group and the base.</summary>
    /// <param name="site">Where the group attaches.</param>
    /// <param name="group">Its concrete tensors.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="seed">Selects the draw.</param>
    /// <returns>What version 0 adds to the base so that it still computes what the base does; null for most methods.</returns>
    OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed);

    /// <summary>Whether a declared group fits a site, its rank left out of it. Pure.</summary>
    /// <exception cref="Faults.ClientFault">F521: its tensors do not fit; the message names both shapes.</exception>
    void Check(ModelSite site, LayoutGroup group);

    /// <summary>Puts a group that passed <see cref="Check"/> into the model, with zeros until values are imported; disposing of it restores the base.</summary>
    IGroupAttachment Attach(ModelSite site, LayoutGroup group);
}
