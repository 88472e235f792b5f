namespace MediaCore.Engine.Control.Commands;

/// <summary>Sends the caller, who must not have been answered, elsewhere (302).</summary>
public sealed record RedirectCommand : CallCommand
{
    /// <summary>SIP or tel URIs, in the order to be tried; 1 to <see cref="ControlLimits.MaxContacts"/>.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];
}
