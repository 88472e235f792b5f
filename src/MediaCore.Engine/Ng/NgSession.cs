using MediaCore.Engine.Relaying;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.Ng;

/// <summary>A call of the controller's, named by its Call-ID: the parties and their streams. Owned by its shard; the timer sees to its end.</summary>
internal sealed class NgSession : ITimerOwner
{
    private readonly NgSessions _owner;

    public NgSession(NgSessions owner, string callId, DateTimeOffset createdAt, Timestamp now)
    {
        _owner = owner;
        CallId = callId;
        IsMediaRelay = RelayKey.IsRelay(callId);
        CreatedAt = createdAt;
        LastSignalAt = createdAt;
        Opened = now;
        LastSignal = now;
        Timer = new OwnedTimer(this);
    }

    /// <summary>Its name.</summary>
    public string CallId { get; }

    /// <summary>Whether it has an owner, and the ng protocol does not know of it.</summary>
    public bool IsMediaRelay { get; }

    /// <summary>When the first offer came.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The same on the monotonic clock.</summary>
    public Timestamp Opened { get; }

    /// <summary>When the last command came that changed it.</summary>
    public DateTimeOffset LastSignalAt { get; set; }

    /// <summary>The same on the monotonic clock.</summary>
    public Timestamp LastSignal { get; set; }

    /// <summary>Who takes part.</summary>
    public List<NgParty> Parties { get; } = [];

    /// <summary>Whether anybody has answered.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Whether it is to be recorded whenever two parties are connected.</summary>
    public bool IsToBeRecorded { get; set; }

    /// <summary>The octet of traffic class (TOS) in the header of its packets; null for that of the configuration.</summary>
    public byte? TrafficClass { get; set; }

    /// <summary>Recordings that were begun.</summary>
    public int Recordings { get; set; }

    /// <summary>When a deleted session is to be gone; <see cref="Timestamp.Never"/> while it lives.</summary>
    public Timestamp EndsAt { get; set; } = Timestamp.Never;

    /// <summary>Next look at whether media still flows, or its end.</summary>
    public OwnedTimer Timer { get; }

    /// <summary>All streams of all parties.</summary>
    public IEnumerable<NgStream> Streams => Parties.SelectMany(static p => p.Streams);

    /// <summary>The party that a tag means; null for none.</summary>
    public NgParty? Find(string? tag)
    {
        if (tag is null)
        {
            return null;
        }

        foreach (NgParty party in Parties)
        {
            if (party.HasTag(tag))
            {
                return party;
            }
        }

        return null;
    }

    void ITimerOwner.OnTimer(OwnedTimer timer) => _owner.OnTimer(this);
}
