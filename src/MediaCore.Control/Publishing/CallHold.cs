namespace MediaCore.Control.Publishing;

/// <summary>That somebody controls a call, or has asked to and not been answered. Compared by reference.</summary>
internal sealed class CallHold(string controller, long epoch, bool isConfirmed)
{
    /// <summary>Who.</summary>
    public string Controller => controller;

    /// <summary>Under which epoch.</summary>
    public long Epoch => epoch;

    /// <summary>Whether the engine has said so.</summary>
    public bool IsConfirmed => isConfirmed;
}
