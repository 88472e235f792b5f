namespace Grpc.Core;

/// <summary>How a channel is secured, and the credentials that go with each of its calls.</summary>
public abstract class ChannelCredentials
{
    /// <summary>Without TLS: HTTP/2 with prior knowledge.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureCredentials();

    /// <summary>TLS, the server's certificate checked as usual.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SecureCredentials();

    /// <summary>A channel's credentials with those for each call.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        return new CompositeCredentials(channelCredentials, callCredentials);
    }

    /// <summary>Tells a configurator of what these are made.</summary>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state);

    private sealed class InsecureCredentials : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) => configurator.SetInsecureCredentials(state);
    }

    private sealed class SecureCredentials : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) => configurator.SetSslCredentials(state);
    }

    private sealed class CompositeCredentials(ChannelCredentials channel, CallCredentials call) : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) => configurator.SetCompositeCredentials(state, channel, call);
    }
}
