namespace MediaCore.Engine.Control;

/// <summary>What became of a command as far as it is known at once.</summary>
public enum CommandStatus
{
    /// <summary>It is being done; one <see cref="Events.CommandEnded"/> will come.</summary>
    Accepted,

    /// <summary>There is no such call or leg (any more), account, trunk or route.</summary>
    NotFound,

    /// <summary>A value of it makes no sense, whatever the call's state.</summary>
    InvalidArgument,

    /// <summary>The call is not in a state for it, or its sender does not control the call.</summary>
    FailedPrecondition,

    /// <summary>The identifier is in use.</summary>
    AlreadyExists,

    /// <summary>A bound was reached (<see cref="ControlLimits"/>, legs of a call, places of a trunk).</summary>
    ResourceExhausted,

    /// <summary>The shard takes no more now, or the server is about to stop: later, or elsewhere.</summary>
    Unavailable,

    /// <summary>A defect of the server's, which its log says; the command was not carried out, or not wholly.</summary>
    Internal,
}
