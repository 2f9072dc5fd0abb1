using System.Text;
using Federated.Protos.V1;
using Google.Protobuf.Reflection;

namespace Protos.Tests;

/// <summary>The wire contract as sorted lines: what another implementation depends on, and nothing that it does not (comments, file layout).</summary>
static class DescriptorText
{
    static readonly FileDescriptor[] Files = [AdapterReflection.Descriptor, CoordinationReflection.Descriptor];

    public static string Write()
    {
        var text = new StringBuilder();
        foreach (var line in Files.SelectMany(Lines).Order(StringComparer.Ordinal)) text.Append(line).Append('\n');
        return text.ToString();
    }

    static IEnumerable<string> Lines(FileDescriptor file) =>
        file.MessageTypes.SelectMany(Message)
            .Concat(file.EnumTypes.SelectMany(Enum))
            .Concat(file.Services.SelectMany(Service));

    static IEnumerable<string> Message(MessageDescriptor message)
    {
        yield return $"message {message.FullName} reserved {Ranges(message.ToProto())}";
        foreach (var field in message.Fields.InFieldNumberOrder())
            yield return $"message {message.FullName} {field.FieldNumber:D3} {Label(field)}{TypeName(field)} {field.Name}{(field.ContainingOneof is { } oneof ? " oneof " + oneof.Name : "")}";
    }

    static IEnumerable<string> Enum(EnumDescriptor type) =>
        type.Values.Select(value => $"enum {type.FullName} {value.Number:D3} {value.Name}");

    static IEnumerable<string> Service(ServiceDescriptor service) =>
        service.Methods.Select(method =>
            $"service {service.FullName}.{method.Name} ({Stream(method.IsClientStreaming)}{method.InputType.FullName}) returns ({Stream(method.IsServerStreaming)}{method.OutputType.FullName})");

    static string Ranges(DescriptorProto message) =>
        string.Join(", ", message.ReservedRange.Select(range => $"{range.Start}-{range.End - 1}"));

    static string Label(FieldDescriptor field) => field.IsMap ? "map " : field.IsRepeated ? "repeated " : "";

    static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        var simple => simple.ToString().ToLowerInvariant(),
    };

    static string Stream(bool streaming) => streaming ? "stream " : "";
}
