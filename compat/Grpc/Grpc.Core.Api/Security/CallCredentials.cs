namespace Grpc.Core;

/// <summary>Adds per-call headers, such as a bearer token, just before a call is sent.</summary>
public abstract class CallCredentials
{
    private protected CallCredentials() { }

    public static CallCredentials Compose(params CallCredentials[] credentials) => credentials.Length < 2
        ? throw new ArgumentException("Composite credentials object can only be created from 2 or more credentials.")
        : new Interceptor((context, metadata) => ApplyAllAsync([.. credentials], context, metadata));

    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new Interceptor(interceptor);
    }

    internal abstract Task ApplyAsync(AuthInterceptorContext context, Metadata metadata);

    static async Task ApplyAllAsync(CallCredentials[] credentials, AuthInterceptorContext context, Metadata metadata)
    {
        foreach (var credential in credentials)
            await credential.ApplyAsync(context, metadata);
    }

    sealed class Interceptor(AsyncAuthInterceptor interceptor) : CallCredentials
    {
        internal override Task ApplyAsync(AuthInterceptorContext context, Metadata metadata) => interceptor(context, metadata);
    }
}
