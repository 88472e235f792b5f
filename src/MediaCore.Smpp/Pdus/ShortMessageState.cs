namespace MediaCore.Smpp.Pdus;

/// <summary><c>message_state</c>, SMPP 3.4 §5.2.28.</summary>
public enum ShortMessageState : byte
{
    /// <summary>None was told.</summary>
    None = 0,

    /// <summary>On its way.</summary>
    Enroute = 1,

    /// <summary>The receiver has it.</summary>
    Delivered = 2,

    /// <summary>The validity ran out.</summary>
    Expired = 3,

    /// <summary>Deleted.</summary>
    Deleted = 4,

    /// <summary>It cannot be delivered.</summary>
    Undeliverable = 5,

    /// <summary>Read by customer service on the receiver's behalf.</summary>
    Accepted = 6,

    /// <summary>Nobody knows.</summary>
    Unknown = 7,

    /// <summary>Refused.</summary>
    Rejected = 8,
}
