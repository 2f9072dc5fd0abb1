namespace Grpc.Core;

/// <summary>Whether a channel is TLS, and the call credentials every call of it carries.</summary>
public abstract class ChannelCredentials
{
    private protected ChannelCredentials() { }

    public static ChannelCredentials Insecure { get; } = new Plain();

    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        return channelCredentials is SslCredentials { CallCredentials: null }
            ? new Composite(callCredentials)
            : throw new ArgumentException($"Supplied channel credentials do not allow composition: {channelCredentials.GetType().Name}.", nameof(channelCredentials));
    }

    internal abstract bool IsSecure { get; }

    internal virtual CallCredentials? CallCredentials => null;

    sealed class Plain : ChannelCredentials
    {
        internal override bool IsSecure => false;
    }

    sealed class Composite(CallCredentials callCredentials) : ChannelCredentials
    {
        internal override bool IsSecure => true;

        internal override CallCredentials? CallCredentials => callCredentials;
    }
}

/// <summary>TLS; certificates and their validation are set on the channel's HTTP handler.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    public SslCredentials() { }

    internal override bool IsSecure => true;
}
