namespace MediaCore.Engine.Control.Commands;

/// <summary>Sends a MESSAGE (RFC 3428) to a leg's peer, by default the caller, or without a call to a target. Ends with the SIP status of its answer.</summary>
public sealed record SendMessageCommand : CallCommand
{
    /// <summary>Who gives the command, and hears of its end where no call is named; null for nobody in particular.</summary>
    public string? Controller { get; init; }

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "text/plain;charset=utf-8";

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whom to, where no call is named.</summary>
    public DialDestination? Target { get; init; }

    /// <summary>Whom it comes from, where no call is named.</summary>
    public string? CallerNumber { get; init; }
}
