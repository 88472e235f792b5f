using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Publishing;

/// <summary>
/// What decides who hears of a call and who may command it. Written by the call's shard as its events pass (<see cref="CallBook"/>), but for <see cref="Hold"/>, which a claim reserves before; read by any thread.
/// </summary>
internal sealed class CallFacts(string callId)
{
    private CallHold? _hold;
    private volatile string[] _peers = [];

    /// <summary>The call.</summary>
    public string CallId { get; } = callId;

    /// <summary>The application that it was offered to or made for; null for none.</summary>
    public string? Application { get; set; }

    /// <summary>The application that it is offered to now; null for none.</summary>
    public string? Offer { get; set; }

    /// <summary>Until when.</summary>
    public DateTimeOffset OfferDeadline { get; set; }

    /// <summary>The controller that hears of it; null for nobody.</summary>
    public string? Follower { get; set; }

    /// <summary>Its controller was lost, and hears of it all the same.</summary>
    public bool IsLost { get; set; }

    /// <summary>It is over.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Who controls it or is about to; null for nobody.</summary>
    public CallHold? Hold => Volatile.Read(ref _hold);

    /// <summary>Whether an account or trunk of that name takes part.</summary>
    public bool HasPeer(string name, bool isTrunk) => Array.IndexOf(_peers, Mark(name, isTrunk)) >= 0;

    /// <summary>An account or trunk takes part. Names of legs are bounded by the legs of a call.</summary>
    public void AddPeer(string? name, bool isTrunk)
    {
        if (name is not null && !HasPeer(name, isTrunk))
        {
            _peers = [.. _peers, Mark(name, isTrunk)];
        }
    }

    /// <summary>Of an event that belongs to no call: the account or trunk that it is about.</summary>
    public static CallFacts OfPeer(CallEvent callEvent)
    {
        CallFacts facts = new("");
        facts.AddPeer((callEvent as RegistrationChanged)?.Account, isTrunk: false);
        facts.AddPeer((callEvent as TrunkChanged)?.Trunk, isTrunk: true);
        return facts;
    }

    /// <summary>Puts a hold in place of another; false when somebody was quicker.</summary>
    public bool TrySetHold(CallHold? hold, CallHold? former) => ReferenceEquals(Interlocked.CompareExchange(ref _hold, hold, former), former);

    /// <summary>The engine has said who controls it.</summary>
    public void SetHold(CallHold? hold) => Volatile.Write(ref _hold, hold);

    private static string Mark(string name, bool isTrunk) => isTrunk ? "t:" + name : "a:" + name;
}
