namespace MediaCore.Sdp;

/// <summary>Extended reports that a side asks for with <c>a=rtcp-xr</c> (RFC 3611 §5.1), of those that we write.</summary>
[Flags]
public enum ReportRequests : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>voip-metrics</c>.</summary>
    VoipMetrics = 1,

    /// <summary><c>rcvr-rtt</c>: it answers reference times.</summary>
    ReceiverRoundTrip = 2,
}
