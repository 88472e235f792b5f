namespace MediaCore.Numbers.Numbering;

/// <summary>Kind of telephone number.</summary>
public enum NumberType : byte
{
    /// <summary>The numbering plan has no such number; it may be called all the same, since plans are always behind the world.</summary>
    Unknown,

    /// <summary>Of a place. In countries where mobile numbers look the same (North America) those too.</summary>
    Local,

    /// <summary>Of a mobile network.</summary>
    Mobile,

    /// <summary>Paid by the one who is called.</summary>
    TollFree,

    /// <summary>Of a country, not of a place (UAN).</summary>
    National,

    /// <summary>Paid by both sides.</summary>
    SharedCost,

    /// <summary>Dearer than a call is.</summary>
    Premium,

    /// <summary>Of an internet telephony provider.</summary>
    Voip,

    /// <summary>Of a person.</summary>
    Personal,

    /// <summary>Of a pager.</summary>
    Pager,

    /// <summary>Of a voicemail platform.</summary>
    Voicemail,

    /// <summary>Of no country: +800, +808, +870, +878, +881, +882, +883, +979.</summary>
    International,

    /// <summary>A short code, which means something within its country alone.</summary>
    ShortCode,
}

/// <summary>What a numbering plan says about a number.</summary>
public enum NumberValidity : byte
{
    /// <summary>No number of its country has so many digits.</summary>
    Impossible,

    /// <summary>The length is right, but the plan has no such number (yet). Good enough to call, not to sell.</summary>
    Possible,

    /// <summary>The plan has it.</summary>
    Valid,
}
