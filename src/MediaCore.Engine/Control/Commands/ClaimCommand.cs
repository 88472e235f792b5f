namespace MediaCore.Engine.Control.Commands;

/// <summary>Takes control of a call under <see cref="CallCommand.Epoch"/>, which must be given. The first to claim an offered call has it, and its plan stops there. Any other call in progress may be claimed too: its plan goes on until the controller decides otherwise. A call that somebody controls is claimed under a greater epoch alone.</summary>
public sealed record ClaimCommand : CallCommand
{
    /// <summary>Name of the controller, 1 to <see cref="ControlLimits.MaxNameChars"/> characters.</summary>
    public required string Controller { get; init; }
}
