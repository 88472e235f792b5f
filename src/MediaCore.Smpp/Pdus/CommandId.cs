namespace MediaCore.Smpp.Pdus;

/// <summary>What a PDU is, SMPP 3.4 §5.1.2.1. An answer has the highest bit of its request set.</summary>
public enum CommandId : uint
{
    /// <summary>An answer to what could not be understood, §4.3.</summary>
    GenericNack = 0x8000_0000,

    /// <summary>Binds to receive, §4.1.3.</summary>
    BindReceiver = 0x0000_0001,

    /// <summary>Its answer.</summary>
    BindReceiverResponse = 0x8000_0001,

    /// <summary>Binds to send, §4.1.1.</summary>
    BindTransmitter = 0x0000_0002,

    /// <summary>Its answer.</summary>
    BindTransmitterResponse = 0x8000_0002,

    /// <summary>Asks what became of a message, §4.8.</summary>
    QuerySm = 0x0000_0003,

    /// <summary>Its answer.</summary>
    QuerySmResponse = 0x8000_0003,

    /// <summary>Hands a message to a centre, §4.4.</summary>
    SubmitSm = 0x0000_0004,

    /// <summary>Its answer.</summary>
    SubmitSmResponse = 0x8000_0004,

    /// <summary>Brings a message or a receipt from a centre, §4.6.</summary>
    DeliverSm = 0x0000_0005,

    /// <summary>Its answer.</summary>
    DeliverSmResponse = 0x8000_0005,

    /// <summary>Ends a session, §4.2.</summary>
    Unbind = 0x0000_0006,

    /// <summary>Its answer.</summary>
    UnbindResponse = 0x8000_0006,

    /// <summary>Takes the place of a message that was not sent yet, §4.10.</summary>
    ReplaceSm = 0x0000_0007,

    /// <summary>Its answer.</summary>
    ReplaceSmResponse = 0x8000_0007,

    /// <summary>Withdraws a message, §4.9.</summary>
    CancelSm = 0x0000_0008,

    /// <summary>Its answer.</summary>
    CancelSmResponse = 0x8000_0008,

    /// <summary>Binds to send and receive, §4.1.5.</summary>
    BindTransceiver = 0x0000_0009,

    /// <summary>Its answer.</summary>
    BindTransceiverResponse = 0x8000_0009,

    /// <summary>A centre asks a program to bind, §4.1.7. It has no answer.</summary>
    Outbind = 0x0000_000B,

    /// <summary>Asks whether the peer is there, §4.11.</summary>
    EnquireLink = 0x0000_0015,

    /// <summary>Its answer.</summary>
    EnquireLinkResponse = 0x8000_0015,

    /// <summary>Hands a message to many receivers, §4.5.</summary>
    SubmitMulti = 0x0000_0021,

    /// <summary>Its answer.</summary>
    SubmitMultiResponse = 0x8000_0021,

    /// <summary>A phone can be reached again, §4.12. It has no answer.</summary>
    AlertNotification = 0x0000_0102,

    /// <summary>A message, either way, with all that is not usual in optional parameters, §4.7.</summary>
    DataSm = 0x0000_0103,

    /// <summary>Its answer.</summary>
    DataSmResponse = 0x8000_0103,
}
