using System.Reflection;
using System.Runtime.CompilerServices;

namespace Compat.Grpc.Tests.Api;

/// <summary>The public surface of an assembly, one line per type, base, interface and member, in a form that does not depend on the assembly.</summary>
public static class ApiSurface
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly NullabilityInfoContext Nullability = new();

    public static SortedSet<string> Of(Assembly assembly) => new(
        assembly.GetExportedTypes().Concat(assembly.GetTypes().Where(type => type.IsNestedFamORAssem)).SelectMany(Lines), StringComparer.Ordinal);

    static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{Kind(type)} {name}{Constraints(type.GetGenericArguments())}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield return $"{name} :: {Signature(type.GetMethod("Invoke")!)}";
            yield break;
        }
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            yield return $"{name} : {Name(parent)}";
        foreach (var contract in type.GetInterfaces().Where(contract => contract.IsPublic && !type.IsEnum))
            yield return $"{name} : {Name(contract)}";
        foreach (var member in type.GetMembers(Declared).Where(member => member is not TypeInfo).SelectMany(Member))
            yield return $"{name} :: {member}";
    }

    static IEnumerable<string> Member(MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic:
                yield return $"{Access(constructor)}.ctor({Parameters(constructor)})";
                break;
            case MethodInfo method when IsVisible(method) && !method.IsSpecialName && !method.Name.Contains('<'):
                yield return $"{Access(method)}{Signature(method)}";
                break;
            case PropertyInfo property:
                foreach (var accessor in property.GetAccessors(nonPublic: true).Where(IsVisible))
                    yield return $"{Access(accessor)}{Annotated(property.PropertyType, Nullability.Create(property))} {property.Name}"
                        + $"[{string.Join(", ", property.GetIndexParameters().Select(index => Name(index.ParameterType)))}] {Verb(property, accessor)}";
                break;
            case FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly:
                var value = field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "";
                yield return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{value}";
                break;
            case EventInfo { AddMethod: { } add } declared when IsVisible(add):
                yield return $"event {Name(declared.EventHandlerType!)} {declared.Name}";
                break;
        }
    }

    static string Verb(PropertyInfo property, MethodInfo accessor) => accessor == property.GetMethod ? "get"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";

    static string Signature(MethodInfo method)
    {
        var arguments = method.GetGenericArguments();
        var generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
        return $"{Annotated(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)}){Constraints(arguments)}";
    }

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")
        + $"{Annotated(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    static string Annotated(Type type, NullabilityInfo nullability) =>
        Name(type) + (!type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "");

    static string Constraints(Type[] arguments) => string.Concat(arguments.Where(argument => argument.IsGenericParameter).Select(argument =>
    {
        var kind = argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>();
        string[] all = [.. kind, .. argument.GetGenericParameterConstraints().Select(Name)];
        return all.Length == 0 ? "" : $" where {argument.Name} : {string.Join(", ", all)}";
    }));

    static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method is MethodInfo { IsAbstract: true } ? "abstract "
            : method is { IsVirtual: true, IsFinal: false } and MethodInfo info ? info.GetBaseDefinition() == info ? "virtual " : "override " : "");

    static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsInterface: true } => "interface",
        _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    static string Name(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsByRef || type.IsArray)
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "&");
        var arguments = type.GetGenericArguments();
        var plain = (type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}").Split('`')[0];
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = arguments.Skip(inherited).ToArray();
        return own.Length == 0 ? plain : $"{plain}<{string.Join(", ", own.Select(Name))}>";
    }
}
