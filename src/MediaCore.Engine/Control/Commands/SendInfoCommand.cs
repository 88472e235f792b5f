namespace MediaCore.Engine.Control.Commands;

/// <summary>Sends an INFO (RFC 6086) to a leg's peer, by default the caller. Ends with the SIP status of its answer.</summary>
public sealed record SendInfoCommand : CallCommand
{
    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "text/plain";

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Info package (RFC 6086 §4); null for none.</summary>
    public string? Package { get; init; }
}
