namespace MediaCore.Smpp.Pdus;

/// <summary><c>esm_class</c>, SMPP 3.4 §5.2.12: mode, kind and features of a message.</summary>
/// <param name="Value">The octet.</param>
public readonly record struct EsmClass(byte Value)
{
    /// <summary>The words begin with a user data header.</summary>
    public const byte UserDataHeader = 0x40;

    /// <summary>Bits of the kind.</summary>
    private const byte KindMask = 0x3C;

    /// <summary>A receipt of the centre's.</summary>
    public static EsmClass Receipt { get; } = new(0x04);

    /// <summary>Whether the words begin with a user data header.</summary>
    public bool HasUserDataHeader => (Value & UserDataHeader) != 0;

    /// <summary>Whether it is a receipt of the centre's, in the end (0x04) or on the way (0x20).</summary>
    public bool IsReceipt => (Value & KindMask) is 0x04 or 0x20;

    /// <summary>Whether it is an acknowledgement by the receiver or the user, or the end of a dialogue, and no message of anybody's.</summary>
    public bool IsAcknowledgement => (Value & KindMask) is 0x08 or 0x10 or 0x18;
}
