using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>Q.850 causes and the SIP statuses they stand for (RFC 3398 §8.2.6.1, RFC 3326 for the Reason header).</summary>
internal static class Q850
{
    public const int UnallocatedNumber = 1;
    public const int NormalClearing = 16;
    public const int UserBusy = 17;
    public const int NoUserResponding = 18;
    public const int NoAnswer = 19;
    public const int CallRejected = 21;
    public const int ExchangeRoutingError = 25;
    public const int TemporaryFailure = 41;
    public const int Congestion = 42;
    public const int ResourceUnavailable = 47;
    public const int RecoveryOnTimerExpiry = 102;

    /// <summary>The cause that a final SIP status means.</summary>
    public static int FromStatus(int status) => status switch
    {
        >= 200 and < 300 => NormalClearing,
        >= 300 and < 400 => 23,
        401 or 402 or 403 or 407 or 603 => CallRejected,
        404 or 485 or 604 => UnallocatedNumber,
        405 => 63,
        406 or 415 or 501 => 79,
        408 or 504 => RecoveryOnTimerExpiry,
        410 => 22,
        480 => NoUserResponding,
        482 or 483 => 25,
        484 => 28,
        486 or 600 => UserBusy,
        487 => NormalClearing,
        488 or 606 => 88,
        502 => 38,
        400 or 481 or 500 or 503 => TemporaryFailure,
        _ => 127,
    };

    /// <summary>The SIP status that a cause means (RFC 3398 §7.2.4.1); 0 for normal clearing, which is no refusal, and for what is no cause.</summary>
    public static int ToStatus(int cause) => cause switch
    {
        1 or 2 or 3 or 26 => 404,
        16 or < 1 or > 127 => 0,
        17 => 486,
        18 => 408,
        19 or 20 or 31 => 480,
        21 or 55 or 57 or 87 => 403,
        22 or 23 => 410,
        27 => 502,
        28 => 484,
        29 or 79 => 501,
        34 or 38 or 41 or 42 or 47 or 58 or 88 => 503,
        65 or 70 => 488,
        102 => 504,
        _ => 500,
    };

    /// <summary>Text of the Reason header (RFC 3326); only causes that we write.</summary>
    public static ReadOnlySpan<byte> GetText(int cause) => cause switch
    {
        UnallocatedNumber => "Unallocated number"u8,
        NormalClearing => "Normal call clearing"u8,
        UserBusy => "User busy"u8,
        NoUserResponding => "No user responding"u8,
        NoAnswer => "No answer from user"u8,
        CallRejected => "Call rejected"u8,
        TemporaryFailure => "Temporary failure"u8,
        Congestion => "Switching equipment congestion"u8,
        ResourceUnavailable => "Resource unavailable"u8,
        RecoveryOnTimerExpiry => "Recovery on timer expiry"u8,
        88 => "Incompatible destination"u8,
        _ => default,
    };

    /// <summary>The Q.850 cause among the Reason values of a message (one per protocol, RFC 3326 §2); 0 when there is none.</summary>
    public static int ReadCause(SipMessage message)
    {
        foreach (ReadOnlySpan<byte> reason in message.EnumerateValues(SipHeaderName.Reason))
        {
            int cause = ReadCause(reason);
            if (cause != 0)
            {
                return cause;
            }
        }

        return 0;
    }

    /// <summary>Reads the cause of a <c>Q.850</c> Reason value; 0 when it is of another protocol or malformed.</summary>
    public static int ReadCause(ReadOnlySpan<byte> reason)
    {
        if (!System.Text.Ascii.EqualsIgnoreCase(reason[..Math.Min(5, reason.Length)], "Q.850"u8))
        {
            return 0;
        }

        int at = reason.IndexOf("cause="u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(reason[(at + 6)..], out int cause, out _) && cause is > 0 and < 128 ? cause : 0;
    }
}
