namespace Grpc.Protocol;

/// <summary>Names and values of the protocol's headers.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";
    public const string Te = "te";
    public const string Trailers = "trailers";

    /// <summary>A status with details (google.rpc.Status), which applications write and read as metadata for all its name.</summary>
    public const string StatusDetails = "grpc-status-details-bin";

    /// <summary>In a client's metadata: compress this call's requests that way. Never sent; the official client has the same.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    /// <summary>Whether a content type is gRPC's: <c>application/grpc</c>, with <c>+proto</c> or parameters; <c>application/grpc-web</c> is something else.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Whether a header belongs to HTTP or to the protocol, and so is none of the application's metadata.</summary>
    public static bool IsReserved(string name) =>
        name.Length == 0
        || name[0] == ':'
        || (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) && !name.Equals(StatusDetails, StringComparison.OrdinalIgnoreCase))
        || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals(Te, StringComparison.OrdinalIgnoreCase)
        || name.Equals("host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase);
}
