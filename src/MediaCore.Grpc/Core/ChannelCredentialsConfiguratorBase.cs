namespace Grpc.Core;

/// <summary>
/// Is told of what channel credentials are made. Certificates are set on the handler of the channel, not here, so TLS has no parameters: the one
/// difference from the official type, which only its own client implements.
/// </summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>No TLS.</summary>
    public abstract void SetInsecureCredentials(object? state);

    /// <summary>TLS.</summary>
    public abstract void SetSslCredentials(object? state);

    /// <summary>A channel's credentials with those for each call.</summary>
    public abstract void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
