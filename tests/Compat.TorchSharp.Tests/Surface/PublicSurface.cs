using System.Globalization;
using System.Reflection;

namespace TorchSharp.Tests.Surface;

/// <summary>One line per type and member that another assembly can see; overrides are left out, their declaration is listed.</summary>
static class PublicSurface
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static SortedSet<string> Of(Assembly assembly)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes().Where(IsVisible))
        {
            lines.Add($"{Kind(type)} {Name(type)}{Parent(type)}");
            foreach (var member in type.GetMembers(Declared))
            {
                var text = Member(type, member);
                if (text is not null)
                    lines.Add($"{Name(type)}::{text}");
            }
        }
        return lines;
    }

    static string? Member(Type type, MemberInfo member) => member switch
    {
        FieldInfo f when Visible(f.Attributes) && !f.IsSpecialName => type.IsEnum
            ? $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
            : $"{Static(f.IsStatic)}field {Name(f.FieldType)} {f.Name}",
        PropertyInfo p => Property(p),
        ConstructorInfo c when Visible(c) && !c.IsStatic => $"new({Parameters(c)})",
        MethodInfo m when Visible(m) && !IsOverride(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) && typeof(Delegate) != type.BaseType?.BaseType
            => $"{Static(m.IsStatic)}{Name(m.ReturnType)} {m.Name}{Generics(m)}({Parameters(m)})",
        _ => null,
    };

    static string? Property(PropertyInfo p)
    {
        var get = p.GetMethod is { } g && Visible(g) && !IsOverride(g) ? " get;" : "";
        var set = p.SetMethod is { } s && Visible(s) && !IsOverride(s) ? " set;" : "";
        if (get + set == "")
            return null;
        var index = p.GetIndexParameters() is { Length: > 0 } i ? $"[{string.Join(", ", i.Select(Parameter))}]" : "";
        return $"{Static((p.GetMethod ?? p.SetMethod)!.IsStatic)}{Name(p.PropertyType)} {(index == "" ? p.Name : "this")}{index} {{{get}{set} }}";
    }

    static bool IsOverride(MethodInfo m) => m.IsVirtual && m.GetBaseDefinition() != m || m.Name == "Finalize" || m.Name.Contains('<');

    static bool IsVisible(Type type) => (type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem)
        && (type.DeclaringType is null || IsVisible(type.DeclaringType));

    static bool Visible(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    static bool Visible(FieldAttributes a) => (a & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    static string Static(bool value) => value ? "static " : "";

    static string Kind(Type type) => type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";

    static string Parent(Type type) => type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? " : " + Name(b) : "";

    static string Generics(MethodInfo m) => m.IsGenericMethodDefinition ? $"<{string.Join(",", m.GetGenericArguments().Select(a => a.Name))}>" : "";

    static string Parameters(MethodBase m) => string.Join(", ", m.GetParameters().Select(Parameter));

    static string Parameter(ParameterInfo p)
    {
        var many = p.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "";
        return $"{many}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + Default(p) : "")}";
    }

    static string Default(ParameterInfo p) => p.RawDefaultValue switch
    {
        null => p.ParameterType.IsValueType && Nullable.GetUnderlyingType(p.ParameterType) is null ? "default" : "null",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        var v => v.ToString()!,
    };

    static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (type.IsPointer)
            return Name(type.GetElementType()!) + "*";
        if (type.IsGenericParameter)
            return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        var own = type.GetGenericArguments();
        var outer = type.DeclaringType is { } d ? Name(d.IsGenericTypeDefinition && own.Length >= d.GetGenericArguments().Length && !type.IsGenericTypeDefinition
            ? d.MakeGenericType(own[..d.GetGenericArguments().Length]) : d) + "." : type.Namespace is null or "System" or "System.Collections.Generic" ? "" : type.Namespace + ".";
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        if (tick < 0)
            return outer + type.Name;
        var count = int.Parse(type.Name[(tick + 1)..], CultureInfo.InvariantCulture);
        return $"{outer}{type.Name[..tick]}<{string.Join(",", own[^count..].Select(Name))}>";
    }
}
