namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>A part of a message that came in, as it lies on the disk until the message is whole.</summary>
internal sealed record StoredPart(string Carrier, string From, string To, ushort Reference, byte Total, byte Sequence, bool IsWide, string Text)
{
    public bool IsOfSameMessage(StoredPart other) =>
        Carrier == other.Carrier && From == other.From && To == other.To && Reference == other.Reference && Total == other.Total && IsWide == other.IsWide;
}
