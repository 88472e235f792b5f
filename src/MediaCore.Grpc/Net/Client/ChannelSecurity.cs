using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>What credentials are made of.</summary>
internal sealed class ChannelSecurity : ChannelCredentialsConfiguratorBase
{
    private readonly CredentialsList _credentials = new();

    /// <summary>With TLS, without, or null: nobody said.</summary>
    public bool? IsSecure { get; private set; }

    /// <summary>Credentials for each call.</summary>
    public IReadOnlyList<AsyncAuthInterceptor> CallCredentials => _credentials.Interceptors;

    public static ChannelSecurity Of(ChannelCredentials? credentials)
    {
        ChannelSecurity security = new();
        credentials?.InternalPopulateConfiguration(security, null);
        return security;
    }

    /// <summary>The functions of which a call's credentials are made.</summary>
    public static IReadOnlyList<AsyncAuthInterceptor> InterceptorsOf(CallCredentials credentials)
    {
        CredentialsList list = new();
        credentials.InternalPopulateConfiguration(list, null);
        return list.Interceptors;
    }

    public override void SetInsecureCredentials(object? state) => IsSecure = false;

    public override void SetSslCredentials(object? state) => IsSecure = true;

    public override void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, state);
        callCredentials.InternalPopulateConfiguration(_credentials, state);
    }

    private sealed class CredentialsList : CallCredentialsConfiguratorBase
    {
        public List<AsyncAuthInterceptor> Interceptors { get; } = [];

        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials)
        {
            foreach (CallCredentials each in credentials)
            {
                each.InternalPopulateConfiguration(this, state);
            }
        }

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) => Interceptors.Add(interceptor);
    }
}
