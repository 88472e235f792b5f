namespace MediaCore.Engine.Trunks.Registration;

/// <summary>Where a registration stands.</summary>
public enum TrunkRegistrationState : byte
{
    /// <summary>The first REGISTER is not answered yet.</summary>
    Trying,

    /// <summary>The registrar has our contact.</summary>
    Registered,

    /// <summary>It does not; we try again later.</summary>
    Failed,

    /// <summary>Taken back by us, at a drain.</summary>
    Unregistered,
}

/// <summary>What is known of a registration; replaced as a whole at each change.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="RegisteredUntil">When the binding ends if it is not refreshed; default without one.</param>
/// <param name="LastStatus">Final status of the last REGISTER; 0 for no answer, or none sent.</param>
/// <param name="Failures">Failures since the last success.</param>
public sealed record TrunkRegistrationStatus(TrunkRegistrationState State, DateTimeOffset RegisteredUntil, int LastStatus, int Failures)
{
    /// <summary>Whether the registrar has our contact at that time.</summary>
    public bool IsRegistered(DateTimeOffset now) => State == TrunkRegistrationState.Registered && RegisteredUntil > now;
}
