using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>How a channel makes its calls.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>TLS or not, and credentials for each call; null: as the address says.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Largest request in bytes; null for no bound.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest response in bytes, inflated; 4 MiB unless set; null for no bound.</summary>
    public int? MaxReceiveMessageSize { get; set; } = GrpcLimits.DefaultMaxReceiveMessageBytes;

    /// <summary>What messages may be compressed with; null for gzip.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; } = [new GzipCompressionProvider(CompressionLevel.Fastest)];

    /// <summary>The client to use; not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The handler to use, as one with a certificate; not together with <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the client or handler given is disposed with the channel.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Whether a cancelled call throws <see cref="OperationCanceledException"/> in place of <see cref="RpcException"/>; a deadline is a cancellation too.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether credentials of calls go over channels without TLS as well.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }
}
