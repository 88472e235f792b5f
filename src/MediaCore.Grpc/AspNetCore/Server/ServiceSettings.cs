using System.IO.Compression;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>The options of one service with those for all put beneath them, as its calls want them.</summary>
internal sealed class ServiceSettings
{
    private readonly ICompressionProvider[] _providers;

    public ServiceSettings(GrpcServiceOptions all, GrpcServiceOptions one, ILogger logger, TimeProvider time)
    {
        MaxReceiveBytes = (one.HasMaxReceiveMessageSize ? one.MaxReceiveMessageSize : all.MaxReceiveMessageSize) ?? Array.MaxLength;
        MaxSendBytes = (one.HasMaxSendMessageSize ? one.MaxSendMessageSize : all.MaxSendMessageSize) ?? Array.MaxLength;
        DetailedErrors = one.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false;
        ResponseLevel = one.ResponseCompressionLevel ?? all.ResponseCompressionLevel;
        _providers = [.. one.CompressionProviders, .. all.CompressionProviders];
        AcceptEncoding = string.Join(',', _providers.Select(static p => p.EncodingName).Prepend(Protocol.GrpcHeaders.Identity).Distinct(StringComparer.Ordinal));
        Interceptors = [.. all.Interceptors, .. one.Interceptors];
        string? response = one.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        ResponseCompression = response is null || response == Protocol.GrpcHeaders.Identity
            ? null
            : FindCompression(response) ?? throw new InvalidOperationException($"Responses are to be compressed with {response}, but CompressionProviders has {AcceptEncoding} only.");
        Logger = logger;
        Time = time;
    }

    public int MaxReceiveBytes { get; }

    public int MaxSendBytes { get; }

    public bool DetailedErrors { get; }

    public ICompressionProvider? ResponseCompression { get; }

    public CompressionLevel? ResponseLevel { get; }

    /// <summary>The value of <c>grpc-accept-encoding</c>.</summary>
    public string AcceptEncoding { get; }

    public IReadOnlyList<InterceptorRegistration> Interceptors { get; }

    public ILogger Logger { get; }

    public TimeProvider Time { get; }

    public ICompressionProvider? FindCompression(string encoding) => Array.Find(_providers, p => p.EncodingName.Equals(encoding, StringComparison.OrdinalIgnoreCase));
}
