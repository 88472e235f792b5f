using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Model;

/// <summary>Where a number is in its life; <see cref="Inventory.NumberLife"/> has the ways between.</summary>
public enum NumberState : byte
{
    /// <summary>Anybody's to have.</summary>
    Available,

    /// <summary>Held for a tenant until <see cref="VirtualNumber.ReservedUntilMs"/>.</summary>
    Reserved,

    /// <summary>A tenant's, with nothing behind it.</summary>
    Owned,

    /// <summary>A tenant's, and calls or messages to it go somewhere.</summary>
    Assigned,

    /// <summary>Given back a moment ago; nobody's any more.</summary>
    Released,

    /// <summary>Rests until <see cref="VirtualNumber.QuarantineUntilMs"/>, so that its next owner does not get the last one's calls.</summary>
    Quarantined,
}

/// <summary>What a number can do.</summary>
[Flags]
public enum NumberCapabilities : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Be called.</summary>
    VoiceIn = 1,

    /// <summary>Stand as the caller.</summary>
    VoiceOut = 2,

    /// <summary>Short messages.</summary>
    Sms = 4,

    /// <summary>Messages with media.</summary>
    Mms = 8,

    /// <summary>Fax.</summary>
    Fax = 16,

    /// <summary>Calls and being called.</summary>
    Voice = VoiceIn | VoiceOut,
}

/// <summary>A number of the inventory. One that is nobody's can be found by every tenant; every other one by its tenant alone.</summary>
public sealed class VirtualNumber : Row
{
    /// <summary>The tenant that has or holds it; null when it is nobody's.</summary>
    public Guid? TenantId { get; set; }

    /// <summary>E.164 with <c>+</c>; a short code as <c>US:12345</c>, since it means something within its country alone. Unique.</summary>
    public string Number { get; set; } = "";

    /// <summary>ISO 3166-1 alpha-2; <c>001</c> for numbers of no country (+800, +882 …).</summary>
    public string Country { get; set; } = "";

    /// <summary>The national (significant) number, or the digits of the short code: what is searched.</summary>
    public string National { get; set; } = "";

    /// <summary>Kind of number.</summary>
    public NumberType Type { get; set; }

    /// <summary>What it can do.</summary>
    public NumberCapabilities Capabilities { get; set; } = NumberCapabilities.Voice;

    /// <summary>Where it is in its life.</summary>
    public NumberState State { get; set; }

    /// <summary>The carrier it comes from.</summary>
    public string Carrier { get; set; } = "";

    /// <summary>The trunk its calls come in by; empty for any.</summary>
    public string Trunk { get; set; } = "";

    /// <summary>City or area, as the carrier says it.</summary>
    public string Locality { get; set; } = "";

    /// <summary>What its tenant calls it.</summary>
    public string Label { get; set; } = "";

    /// <summary>Language of callers, RFC 5646; null for the tenant's.</summary>
    public string? Language { get; set; }

    /// <summary>Time zone, an IANA name; null for the tenant's.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Whether every call to it is recorded.</summary>
    public bool RecordsCalls { get; set; }

    /// <summary>End of the reservation, milliseconds of Unix time.</summary>
    public long? ReservedUntilMs { get; set; }

    /// <summary>When a tenant first had it.</summary>
    public long? FirstOwnedAtMs { get; set; }

    /// <summary>When its last tenant gave it back.</summary>
    public long? ReleasedAtMs { get; set; }

    /// <summary>End of its rest.</summary>
    public long? QuarantineUntilMs { get; set; }
}
