namespace MediaCore.Numbers.Calls;

/// <summary>A way to one activity.</summary>
internal sealed class CallLine(NumberCall call, CallActivity to) : ICallLine
{
    /// <inheritdoc/>
    public string CallId => call.CallId;

    /// <inheritdoc/>
    public bool Post(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return call.Post(to, message);
    }
}
