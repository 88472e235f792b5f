namespace MediaCore.Engine.Control.Events;

/// <summary>An account has other contacts than before. Belongs to no call.</summary>
public sealed record RegistrationChanged : CallEvent
{
    /// <summary>The account's name.</summary>
    public required string Account { get; init; }

    /// <summary>Contacts that it has now.</summary>
    public required int Contacts { get; init; }

    /// <summary>Why.</summary>
    public required RegistrationReason Reason { get; init; }

    /// <summary>Where the REGISTER came from, as <c>udp:192.0.2.1:5060</c>; empty where none did.</summary>
    public string Source { get; init; } = "";
}
