namespace MediaCore.Engine.Policies.Identity;

/// <summary>
/// Why a call was diverted, in the words of Diversion (RFC 5806 §4) and the status codes of History-Info's <c>cause</c> (RFC 4458 §2.2, mapped by RFC 7544 §5 and §6).
/// Reasons without a code of their own are 404, unknown.
/// </summary>
public enum DiversionReason : byte
{
    /// <summary>For a reason that has no word.</summary>
    Unknown,

    /// <summary>Busy.</summary>
    UserBusy,

    /// <summary>Nobody answered.</summary>
    NoAnswer,

    /// <summary>Not reachable.</summary>
    Unavailable,

    /// <summary>All calls are.</summary>
    Unconditional,

    /// <summary>Who was called has sent the call on.</summary>
    Deflection,
}

/// <summary>The two spellings of a reason.</summary>
internal static class DiversionReasons
{
    /// <summary>Reads the <c>reason</c> parameter of a Diversion.</summary>
    public static DiversionReason Parse(ReadOnlySpan<byte> token) =>
        System.Text.Ascii.EqualsIgnoreCase(token, "user-busy"u8) ? DiversionReason.UserBusy
        : System.Text.Ascii.EqualsIgnoreCase(token, "no-answer"u8) ? DiversionReason.NoAnswer
        : System.Text.Ascii.EqualsIgnoreCase(token, "unavailable"u8) ? DiversionReason.Unavailable
        : System.Text.Ascii.EqualsIgnoreCase(token, "unconditional"u8) ? DiversionReason.Unconditional
        : System.Text.Ascii.EqualsIgnoreCase(token, "deflection"u8) ? DiversionReason.Deflection
        : DiversionReason.Unknown;

    /// <summary>Reads a <c>cause</c> of History-Info.</summary>
    public static DiversionReason FromCause(int cause) => cause switch
    {
        486 => DiversionReason.UserBusy,
        408 => DiversionReason.NoAnswer,
        503 => DiversionReason.Unavailable,
        302 => DiversionReason.Unconditional,
        480 or 487 => DiversionReason.Deflection,
        _ => DiversionReason.Unknown,
    };

    /// <summary>The token of Diversion.</summary>
    public static ReadOnlySpan<byte> GetToken(DiversionReason reason) => reason switch
    {
        DiversionReason.UserBusy => "user-busy"u8,
        DiversionReason.NoAnswer => "no-answer"u8,
        DiversionReason.Unavailable => "unavailable"u8,
        DiversionReason.Unconditional => "unconditional"u8,
        DiversionReason.Deflection => "deflection"u8,
        _ => "unknown"u8,
    };

    /// <summary>The code of History-Info.</summary>
    public static int GetCause(DiversionReason reason) => reason switch
    {
        DiversionReason.UserBusy => 486,
        DiversionReason.NoAnswer => 408,
        DiversionReason.Unavailable => 503,
        DiversionReason.Unconditional => 302,
        DiversionReason.Deflection => 480,
        _ => 404,
    };
}
