namespace MediaCore.Engine.Control.Commands;

/// <summary>Tells the caller that it rings (180), or that the call makes progress (183).</summary>
public sealed record ProgressCommand : CallCommand
{
    /// <summary>180, 181, 182 or 183.</summary>
    public int SipStatus { get; init; } = 180;

    /// <summary>Whether the response has our description, so that the caller can be played to before he is answered. Needs an INVITE with an offer, from a trunk, from an account or with reliable responses.</summary>
    public bool EarlyMedia { get; init; }
}
