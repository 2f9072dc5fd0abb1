namespace Grpc.Net.Client.Configuration;

/// <summary>Rules for the methods it names.</summary>
public sealed class MethodConfig
{
    public MethodConfig() { }

    public RetryPolicy? RetryPolicy { get; set; }

    public IList<MethodName> Names { get; } = [];
}

/// <summary>A method; without a method name every method of the service, without either every method.</summary>
public sealed class MethodName
{
    public static readonly MethodName Default = new();

    public MethodName() { }

    public string? Service { get; set; }

    public string? Method { get; set; }
}
