namespace MediaCore.LoadTests.Scenarios;

/// <summary>What a caller does next.</summary>
internal enum StepKind
{
    /// <summary>INVITE, until it is answered or only until it rings.</summary>
    Invite,

    /// <summary>Waits; in a call that was answered both sides are heard meanwhile.</summary>
    Talk,

    /// <summary>re-INVITE with a=sendonly (RFC 3264 §8.4); nobody sends until it is resumed.</summary>
    Hold,

    /// <summary>re-INVITE with a=sendrecv.</summary>
    Resume,

    /// <summary>re-INVITE with the description as it is, as a session timer has it.</summary>
    Reinvite,

    /// <summary>Telephone events (RFC 4733), which the callee has to hear.</summary>
    Digits,

    /// <summary>REFER to another callee (RFC 3515), until the NOTIFY that says it has answered.</summary>
    Refer,

    /// <summary>CANCEL of an INVITE that rings; it has to end in 487.</summary>
    Cancel,

    /// <summary>BYE.</summary>
    Bye,

    /// <summary>REGISTER without credentials, its challenge, REGISTER with them.</summary>
    Register,

    /// <summary>MESSAGE outside of a call (RFC 3428).</summary>
    Message,
}
