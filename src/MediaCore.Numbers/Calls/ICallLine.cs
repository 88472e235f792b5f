namespace MediaCore.Numbers.Calls;

/// <summary>A way to one activity of one call, for those outside of the call: a queue, a look-up. Safe from any thread, waits for nothing, may be kept after the call's end.</summary>
public interface ICallLine
{
    /// <summary>The call.</summary>
    string CallId { get; }

    /// <summary>Posts a message; false when the activity is over, or when the service has no room for more, which ends the call's activities in a stated way (<see cref="CallDirectorLimits.MaxWaitingInputs"/>).</summary>
    bool Post(object message);
}
