using MediaCore.Engine.Recordings;
using MediaCore.Sdp;

namespace MediaCore.Engine.CallRecords;

/// <summary>Who ended a call or a leg.</summary>
public enum CallEndSide : byte
{
    /// <summary>Not known (yet).</summary>
    None,

    /// <summary>The side that placed the call.</summary>
    Caller,

    /// <summary>The side that was called.</summary>
    Callee,

    /// <summary>MediaCore itself: a limit, a policy, an announcement's end, a drain.</summary>
    Server,
}

/// <summary>Why a call ended; a closed set, so that metrics and records can be grouped by it.</summary>
public enum CallEndReason : byte
{
    /// <summary>Not ended.</summary>
    None,

    /// <summary>Answered and hung up by a BYE.</summary>
    Completed,

    /// <summary>The caller sent CANCEL before an answer.</summary>
    Cancelled,

    /// <summary>The called side is busy (486, 600).</summary>
    Busy,

    /// <summary>Nobody answered within the ring time.</summary>
    NoAnswer,

    /// <summary>The called side declined (403, 603 and other refusals).</summary>
    Declined,

    /// <summary>No such number or account.</summary>
    NotFound,

    /// <summary>The account has no registered contact, or the trunk did not answer.</summary>
    Unreachable,

    /// <summary>The source may not place this call.</summary>
    Forbidden,

    /// <summary>No codec in common, or an unusable description.</summary>
    MediaMismatch,

    /// <summary>No RTP from either side for the media time-out.</summary>
    MediaTimeout,

    /// <summary>The 2xx was never acknowledged.</summary>
    NoAck,

    /// <summary>A re-INVITE or BYE timed out.</summary>
    SignallingTimeout,

    /// <summary>The longest call duration was reached.</summary>
    MaxDuration,

    /// <summary>Ports, call slots or other limits ran out.</summary>
    NoResources,

    /// <summary>The called side redirected the caller (3xx passed on).</summary>
    Redirected,

    /// <summary>The far side failed (5xx, 6xx not covered above).</summary>
    Failed,

    /// <summary>The server was stopped.</summary>
    Shutdown,

    /// <summary>The server was gone in the middle of the call: killed, or its machine was. Its next run has written the record, of what was known.</summary>
    NodeFailure,
}

/// <summary>Media figures of one direction of one leg.</summary>
public readonly record struct MediaFigures
{
    /// <summary>RTP packets.</summary>
    public long Packets { get; init; }

    /// <summary>RTP payload and header bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Packets lost (RFC 3550 A.3), received direction only.</summary>
    public long Lost { get; init; }

    /// <summary>Interarrival jitter at the end, in milliseconds (RFC 3550 §6.4.1), received direction only.</summary>
    public double JitterMilliseconds { get; init; }

    /// <summary>Highest jitter seen, in milliseconds.</summary>
    public double MaxJitterMilliseconds { get; init; }
}

/// <summary>One leg of a call: one dialog with one peer, whether it was answered or not.</summary>
public sealed record LegRecord
{
    private readonly CryptoSuite _srtp;
    private readonly RecordTime _invitedAt;
    private readonly RecordTime _ringingAt;
    private readonly RecordTime _answeredAt;
    private readonly RecordTime _endedAt;
    private readonly long _sentPackets;
    private readonly long _sentBytes;

    /// <summary>Our identifier of the leg: the call's id and a number, <c>…-0</c> for the caller.</summary>
    public required string LegId { get; init; }

    /// <summary>True for the leg that came to us.</summary>
    public bool Inbound { get; init; }

    /// <summary>The leg's Call-ID header, to find it in a capture.</summary>
    public string SipCallId { get; init; } = "";

    /// <summary>From as written on this leg (URI only).</summary>
    public string From { get; init; } = "";

    /// <summary>To as written on this leg (URI only).</summary>
    public string To { get; init; } = "";

    /// <summary>The trunk's or account's name, or null.</summary>
    public string? Peer { get; init; }

    /// <summary>Signalling address of the peer and transport, as <c>udp:192.0.2.1:5060</c>.</summary>
    public string RemoteAddress { get; init; } = "";

    /// <summary>When the INVITE came or went.</summary>
    public DateTimeOffset InvitedAt
    {
        get => _invitedAt.Moment;
        init => _invitedAt = RecordTime.Of(value);
    }

    /// <summary>First 18x.</summary>
    public DateTimeOffset? RingingAt
    {
        get => _ringingAt.Value;
        init => _ringingAt = RecordTime.Of(value);
    }

    /// <summary>The 2xx.</summary>
    public DateTimeOffset? AnsweredAt
    {
        get => _answeredAt.Value;
        init => _answeredAt = RecordTime.Of(value);
    }

    /// <summary>BYE, final failure or CANCEL.</summary>
    public DateTimeOffset EndedAt
    {
        get => _endedAt.Moment;
        init => _endedAt = RecordTime.Of(value);
    }

    /// <summary>Who ended the leg: Caller and Callee as seen from the leg itself.</summary>
    public CallEndSide EndedBy { get; init; }

    /// <summary>Final SIP status of the INVITE.</summary>
    public int SipStatus { get; init; }

    /// <summary>Q.850 cause (RFC 3398 mapping, or the Reason header's).</summary>
    public int Q850Cause { get; init; }

    /// <summary>Codec negotiated, as <c>PCMU/8000</c>; null without media.</summary>
    public string? Codec { get; init; }

    /// <summary>Suite of the leg's SRTP (RFC 4568 §6.2), as <c>AES_CM_128_HMAC_SHA1_80</c>; null for plain RTP, and for a name that this version does not know. Kept as one byte.</summary>
    public string? Srtp
    {
        get => SrtpSuiteNames.Of(_srtp);
        init => _srtp = SrtpSuiteNames.Parse(value);
    }

    /// <summary>How often it was on hold: by its own side, or by command.</summary>
    public int HoldCount { get; init; }

    /// <summary>How long it was on hold in all.</summary>
    public int HoldMilliseconds { get; init; }

    /// <summary>What was found on its line; null for nothing, or where it was not looked for.</summary>
    public LineRecord? Line { get; init; }

    /// <summary>What the peer sent us.</summary>
    public MediaFigures Received { get; init; }

    /// <summary>What we sent the peer: packets and bytes, the others are 0.</summary>
    public MediaFigures Sent
    {
        get => new() { Packets = _sentPackets, Bytes = _sentBytes };
        init => (_sentPackets, _sentBytes) = (value.Packets, value.Bytes);
    }

    /// <summary>What became of its sound; null for a leg whose packets were only relayed.</summary>
    public SoundFigures? Sound { get; init; }

    /// <summary>How good it was; null for a leg without media.</summary>
    public MediaQuality? Quality { get; init; }
}

/// <summary>What is kept of a call when it has ended: one per call, also of those that failed.</summary>
public sealed record CallRecord
{
    private readonly RecordTime _startedAt;
    private readonly RecordTime _ringingAt;
    private readonly RecordTime _answeredAt;
    private readonly RecordTime _endedAt;

    /// <summary>Our identifier of the call; sorts by time; the same in logs, events and records.</summary>
    public required string CallId { get; init; }

    /// <summary>When the INVITE came.</summary>
    public DateTimeOffset StartedAt
    {
        get => _startedAt.Moment;
        init => _startedAt = RecordTime.Of(value);
    }

    /// <summary>First 18x passed to the caller.</summary>
    public DateTimeOffset? RingingAt
    {
        get => _ringingAt.Value;
        init => _ringingAt = RecordTime.Of(value);
    }

    /// <summary>The 2xx sent to the caller.</summary>
    public DateTimeOffset? AnsweredAt
    {
        get => _answeredAt.Value;
        init => _answeredAt = RecordTime.Of(value);
    }

    /// <summary>The end.</summary>
    public DateTimeOffset EndedAt
    {
        get => _endedAt.Moment;
        init => _endedAt = RecordTime.Of(value);
    }

    /// <summary>Caller's identity: user part of From.</summary>
    public string Caller { get; init; } = "";

    /// <summary>Who calls by what a trusted trunk asserts (RFC 3325) or the configuration says for the trunk; null when only <see cref="Caller"/> is known.</summary>
    public string? AssertedCaller { get; init; }

    /// <summary>What was dialled: user part of the Request-URI.</summary>
    public string Called { get; init; } = "";

    /// <summary>The virtual number that took the call; null in SBC mode or when there was none.</summary>
    public string? Number { get; init; }

    /// <summary>Trunk that the call came in by; null if by none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>Trunk that the answered (or last tried) leg went out by; null if by none.</summary>
    public string? OutboundTrunk { get; init; }

    /// <summary>Account that placed the call, authenticated; null if none.</summary>
    public string? Account { get; init; }

    /// <summary>Who had the call made by command; null for a call that came to us. Of a call that was made there is no caller's leg.</summary>
    public string? OriginatedBy { get; init; }

    /// <summary>The conference that the caller was in; null for none.</summary>
    public string? Conference { get; init; }

    /// <summary>Its variables, as controllers and the control plane have set them; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>Who ended the call.</summary>
    public CallEndSide EndedBy { get; init; }

    /// <summary>Why the call ended.</summary>
    public CallEndReason Reason { get; init; }

    /// <summary>Final SIP status sent to the caller (200 when answered).</summary>
    public int SipStatus { get; init; }

    /// <summary>Q.850 cause of the end: 16 for a normal clearing.</summary>
    public int Q850Cause { get; init; }

    /// <summary>The legs, the caller's first.</summary>
    public IReadOnlyList<LegRecord> Legs { get; init; } = [];

    /// <summary>Transfers in order, the first <see cref="CallRecordLimits.MaxTransfers"/>; empty for most calls.</summary>
    public IReadOnlyList<TransferRecord> Transfers { get; init; } = [];

    /// <summary>Recordings, in the order they began; empty for most calls. One that lasted to the end of the call is still being saved: its length and checksum come with its end (<see cref="IRecordingListener"/>) and in the description beside it.</summary>
    public IReadOnlyList<RecordingInfo> Recordings { get; init; } = [];

    /// <summary>From INVITE to end.</summary>
    public TimeSpan Duration => EndedAt - StartedAt;

    /// <summary>From answer to end; zero when never answered.</summary>
    public TimeSpan TalkTime => AnsweredAt is { } answered ? EndedAt - answered : TimeSpan.Zero;
}

/// <summary>
/// Where ended calls go. Called on the shard that owned the call, before the BYE (or final response) is answered: when it returns, the
/// record must survive the death of the process. It must not block on anything slower than the page cache and must not throw.
/// </summary>
public interface ICallRecordSink
{
    /// <summary>Takes the record of a call that has just ended.</summary>
    /// <param name="shard">Index of the calling shard, so that shards need not share a file.</param>
    /// <param name="record">The record.</param>
    void Write(int shard, CallRecord record);
}
