namespace Grpc.Protocol;

/// <summary>Bounds of the protocol as it is spoken here.</summary>
internal static class GrpcLimits
{
    /// <summary>Flag and length before each message.</summary>
    public const int MessagePrefixBytes = 5;

    /// <summary>Largest message taken unless configured otherwise: what every official implementation takes.</summary>
    public const int DefaultMaxReceiveMessageBytes = 4 * 1024 * 1024;

    /// <summary>Digits of <c>grpc-timeout</c> (PROTOCOL-HTTP2, TimeoutValue).</summary>
    public const int MaxTimeoutDigits = 8;

    /// <summary>Longest time that a timer can be set to; who waits longer than 49 days waits for ever.</summary>
    public static readonly TimeSpan MaxTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>
    /// Longest <c>grpc-message</c>, encoded: half of the 8 KiB that the protocol suggests clients take as the trailers' size. A longer one is cut, since a
    /// client that refuses the trailers would not learn the status either.
    /// </summary>
    public const int MaxStatusMessageChars = 4096;

    /// <summary>All request headers together: twice what the protocol suggests, so that a token and some metadata find room.</summary>
    public const int MaxRequestHeadersBytes = 16 * 1024;

    /// <summary>Headers of a request.</summary>
    public const int MaxRequestHeaderCount = 100;

    /// <summary>Calls at once on a connection: what HTTP/2 (RFC 9113 §6.5.2) recommends as the least.</summary>
    public const int MaxStreamsPerConnection = 100;

    /// <summary>Smallest buffer that a message is inflated into; it doubles up to the largest message.</summary>
    public const int FirstInflateBytes = 4096;
}
