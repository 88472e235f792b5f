namespace MediaCore.Sip.Messages;

/// <summary>The methods that are known by value. Any other token is <see cref="Unknown"/> and is read from <see cref="SipMessage.MethodToken"/>.</summary>
public enum SipMethod : byte
{
    /// <summary>A token not in this list; its answer is 501 (RFC 3261 §8.2.1).</summary>
    Unknown,

    /// <summary>RFC 3261 §13.</summary>
    Invite,

    /// <summary>RFC 3261 §13, §17.1.1.3. Never answered.</summary>
    Ack,

    /// <summary>RFC 3261 §15.</summary>
    Bye,

    /// <summary>RFC 3261 §9.</summary>
    Cancel,

    /// <summary>RFC 3261 §11.</summary>
    Options,

    /// <summary>RFC 3261 §10.</summary>
    Register,

    /// <summary>RFC 3262.</summary>
    Prack,

    /// <summary>RFC 6665.</summary>
    Subscribe,

    /// <summary>RFC 6665.</summary>
    Notify,

    /// <summary>RFC 3903.</summary>
    Publish,

    /// <summary>RFC 6086.</summary>
    Info,

    /// <summary>RFC 3515.</summary>
    Refer,

    /// <summary>RFC 3428.</summary>
    Message,

    /// <summary>RFC 3311.</summary>
    Update,
}
