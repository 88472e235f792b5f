using System.Collections.Immutable;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Control;

/// <summary>Gives events to several listeners, to each while it wants any: one that nobody reads from must not keep what others need.</summary>
/// <param name="listeners">The listeners, in the order in which they hear.</param>
public sealed class CallEventFan(params ImmutableArray<ICallEvents> listeners) : ICallEvents
{
    /// <inheritdoc/>
    public bool IsWanted
    {
        get
        {
            foreach (ICallEvents listener in listeners)
            {
                if (listener.IsWanted)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public bool WantsRegistrations
    {
        get
        {
            foreach (ICallEvents listener in listeners)
            {
                if (listener.WantsRegistrations)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        foreach (ICallEvents listener in listeners)
        {
            if (callEvent is RegistrationChanged ? listener.WantsRegistrations : listener.IsWanted)
            {
                listener.Publish(callEvent);
            }
        }
    }
}
