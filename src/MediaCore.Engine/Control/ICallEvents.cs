using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Control;

/// <summary>
/// Takes the events of all calls, and those of registrations and trunks, which belong to no call. Called on the shards, by several threads at once, those of one call in the order of their numbers: it must not block, not throw and not come back into the engine; what it has no room for it drops,
/// and its listener sees the gap.
/// </summary>
public interface ICallEvents
{
    /// <summary>Whether anybody wants events. While nobody does none is made, and a call costs nothing for it. May change at any time.</summary>
    bool IsWanted { get; }

    /// <summary>Whether anybody wants <see cref="Events.RegistrationChanged"/>, of which there may be thousands a second when many phones come back at once. May change at any time.</summary>
    bool WantsRegistrations => IsWanted;

    /// <summary>An event. The object is nobody's to change.</summary>
    void Publish(CallEvent callEvent);
}
