namespace Grpc.Core;

/// <summary>Names the generated method that binds a service base class to a <see cref="ServiceBinderBase"/>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    public Type BindType { get; } = bindType;

    public string BindMethodName { get; } = bindMethodName;
}
