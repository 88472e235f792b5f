namespace MediaCore.Engine.Control.Commands;

/// <summary>Takes apart who talks with each other: each stands alone and stays with its controller.</summary>
public sealed record UnbridgeCommand : CallCommand
{
    /// <summary>Whether the other one is hung up.</summary>
    public bool HangUpOther { get; init; }
}
