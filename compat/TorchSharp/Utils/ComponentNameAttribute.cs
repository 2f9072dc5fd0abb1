namespace TorchSharp.Utils;

/// <summary>The name under which a module registers the field.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
