namespace MediaCore.Engine.Control.Events;

/// <summary>Why an account has other contacts than before.</summary>
public enum RegistrationReason
{
    /// <summary>Nothing has changed: so it is now.</summary>
    Snapshot,

    /// <summary>A phone has registered a contact, or has moved it to another address or connection. A refresh that changes nothing but its time is no change.</summary>
    Registered,

    /// <summary>A phone has taken contacts back.</summary>
    Unregistered,

    /// <summary>A contact was not refreshed in time. Told within seconds of that.</summary>
    Expired,

    /// <summary>The connection of a contact is gone, or its edge proxy says that it is (RFC 5626 §5.3: 430).</summary>
    FlowLost,
}
