using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Protocol;

namespace Grpc.AspNetCore.Server;

/// <summary>How services are served; of all (<c>AddGrpc</c>), or of one (<c>AddServiceOptions</c>), where null means as for all.</summary>
public class GrpcServiceOptions
{
    private int? _maxReceiveMessageSize;
    private int? _maxSendMessageSize;

    /// <summary>Largest request in bytes, inflated; a larger one is refused with RESOURCE_EXHAUSTED. 4 MiB unless set; null for no bound but that of an array.</summary>
    public int? MaxReceiveMessageSize
    {
        get => _maxReceiveMessageSize;
        set
        {
            _maxReceiveMessageSize = value;
            HasMaxReceiveMessageSize = true;
        }
    }

    /// <summary>Largest response in bytes; a larger one ends its call with RESOURCE_EXHAUSTED. No bound unless set.</summary>
    public int? MaxSendMessageSize
    {
        get => _maxSendMessageSize;
        set
        {
            _maxSendMessageSize = value;
            HasMaxSendMessageSize = true;
        }
    }

    /// <summary>Whether clients are told the message of an exception that left a handler; false unless set, since it may say what is none of theirs.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>What responses are compressed with when the client takes it, as <c>gzip</c>; null for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard it tries.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>What messages may be compressed with; gzip for all services unless changed.</summary>
    public IList<ICompressionProvider> CompressionProviders { get; } = [];

    /// <summary>What stands around the calls: those for all services first, in order.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    /// <summary>Whether calls of services that are not here are left to other handlers of the same server; false: they get UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    internal bool HasMaxReceiveMessageSize { get; private set; }

    internal bool HasMaxSendMessageSize { get; private set; }

    internal static void SetDefaults(GrpcServiceOptions options)
    {
        options._maxReceiveMessageSize = GrpcLimits.DefaultMaxReceiveMessageBytes;
        options.CompressionProviders.Add(new GzipCompressionProvider(CompressionLevel.Fastest));
    }
}
