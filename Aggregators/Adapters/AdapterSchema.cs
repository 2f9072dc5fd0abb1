using System.Security.Cryptography;

namespace Federated.Aggregators.Adapters;

/// <summary>
/// Every trainable tensor of an adapter with the rank left symbolic: what both sides interpret instead of knowing methods by name.
/// Its canonical JSON is its identity.
/// </summary>
public sealed class AdapterSchema
{
    /// <summary>Role of a seed-trace group's scalars, shape [seeds]: what clients send. The group's other tensors are replayed from it.</summary>
    public const string TraceRole = "trace";

    byte[]? _json;

    /// <summary>Checks the parts against each other.</summary>
    /// <param name="baseDigest">Digest of the base model, 64 lower-case hexadecimal digits.</param>
    /// <param name="modelType">The base's <c>model_type</c>, for instance <c>vit</c>.</param>
    /// <param name="maxRank">Largest rank that a plan may choose, 1 to 4096.</param>
    /// <param name="groups">1 to 65,536 groups.</param>
    /// <param name="baseModel">Name of the base for people and for peft's <c>base_model_name_or_path</c>; may be empty.</param>
    /// <exception cref="FormatException">A part contradicts another; the message names it.</exception>
    public AdapterSchema(string baseDigest, string modelType, int maxRank, IReadOnlyList<TensorGroup> groups, string baseModel = "")
    {
        (BaseDigest, ModelType, MaxRank, Groups, BaseModel) = (baseDigest, modelType, maxRank, groups, baseModel);
        AdapterSchemaRules.Check(this);
    }

    /// <summary>Digest of the base model, 64 lower-case hexadecimal digits.</summary>
    public string BaseDigest { get; }

    /// <summary>The base's <c>model_type</c>.</summary>
    public string ModelType { get; }

    /// <summary>Largest rank that a plan may choose.</summary>
    public int MaxRank { get; }

    /// <summary>The groups, in wire order.</summary>
    public IReadOnlyList<TensorGroup> Groups { get; }

    /// <summary>Name of the base for people; empty when unknown.</summary>
    public string BaseModel { get; }

    /// <summary>SHA-256 of <see cref="ToJson"/> as 64 lower-case hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(ToJson()));

    /// <summary>Canonical UTF-8 JSON: equal schemas give equal bytes.</summary>
    public byte[] ToJson() => (byte[])(_json ??= AdapterSchemaJson.Write(this)).Clone();

    /// <summary>Reads <see cref="ToJson"/>'s form.</summary>
    /// <exception cref="FormatException">It is malformed, has an unknown field, or contradicts itself; the message names the field, its value and the limit.</exception>
    public static AdapterSchema Parse(ReadOnlySpan<byte> utf8) => AdapterSchemaJson.Read(utf8);
}
