namespace Grpc.Core;

public enum MethodType
{
    Unary,
    ClientStreaming,
    ServerStreaming,
    DuplexStreaming,
}

public interface IMethod
{
    MethodType Type { get; }

    string ServiceName { get; }

    string Name { get; }

    string FullName { get; }
}

/// <summary>A remote method: its address, shape and how its messages become bytes.</summary>
public class Method<TRequest, TResponse>(
    MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller) : IMethod
{
    public MethodType Type { get; } = type;

    public string ServiceName { get; } = serviceName ?? throw new ArgumentNullException(nameof(serviceName));

    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    public Marshaller<TRequest> RequestMarshaller { get; } = requestMarshaller ?? throw new ArgumentNullException(nameof(requestMarshaller));

    public Marshaller<TResponse> ResponseMarshaller { get; } = responseMarshaller ?? throw new ArgumentNullException(nameof(responseMarshaller));

    /// <summary>The request path: <c>/service/method</c>.</summary>
    public string FullName { get; } = $"/{serviceName}/{name}";
}
