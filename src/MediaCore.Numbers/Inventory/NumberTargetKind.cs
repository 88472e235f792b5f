namespace MediaCore.Numbers.Inventory;

/// <summary>What a number's target is.</summary>
public enum NumberTargetKind : byte
{
    /// <summary>All phones registered for an account; the value is its name.</summary>
    Account,

    /// <summary>A SIP URI, <c>sip:user@host[:port][;transport=udp|tcp]</c>.</summary>
    Uri,

    /// <summary>A trunk by its configured name, the dialled number unchanged; or <c>name/number</c> to dial another number there.</summary>
    Trunk,

    /// <summary>A text that is spoken; the call is answered.</summary>
    AnnouncementText,

    /// <summary>A WAV file of the prompt folder that is played; the call is answered.</summary>
    AnnouncementFile,

    /// <summary>A conference by the name of its room; the call is answered.</summary>
    Conference,

    /// <summary>An application by its name, which controls the call once it has claimed it; the next target where it does not.</summary>
    Control,
}
