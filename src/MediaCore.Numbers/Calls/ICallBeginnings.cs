using MediaCore.Engine.Control.Events;

namespace MediaCore.Numbers.Calls;

/// <summary>Decides what is done with a call that has come to the number service.</summary>
public interface ICallBeginnings
{
    /// <summary>Decides, out of memory alone: nothing here waits for a database.</summary>
    /// <param name="offer">The call.</param>
    /// <returns>How to begin; null for a call that is none of ours (any more), which then goes on with the rest of its plan.</returns>
    CallBeginning? Begin(CallOffered offer);
}
