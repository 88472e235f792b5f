using MediaCore.Engine.Policies.Identity;

namespace MediaCore.Engine.Control;

/// <summary>Who has diverted a call to where it goes now, as Diversion (RFC 5806) and History-Info (RFC 7044) tell it to trunks that want to know.</summary>
/// <param name="Number">Number of who diverted it.</param>
/// <param name="Reason">Why.</param>
public readonly record struct CallDiversion(string Number, DiversionReason Reason);
