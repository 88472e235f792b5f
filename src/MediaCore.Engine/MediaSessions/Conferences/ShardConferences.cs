using MediaCore.Engine.MediaSessions.Audio;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>The conferences that one shard has members in. Owned by its shard.</summary>
internal sealed class ShardConferences(AudioSessions sessions, ConferenceRooms rooms)
{
    private readonly Dictionary<Conference, ConferenceShare> _shares = [];

    /// <summary>Counters.</summary>
    public ConferenceStatistics Statistics { get; } = new();

    /// <summary>Takes a leg into a room, which is opened where nobody is in it.</summary>
    public ConferenceResult Join(MediaLeg leg, string room, ConferenceOptions options, ConferenceRole role)
    {
        if (sessions.Open(leg) is not { CanBePlayedTo: true } party)
        {
            sessions.Relax(leg);
            return ConferenceResult.NoMedia;
        }

        if (party.Member is not null)
        {
            return ConferenceResult.AlreadyIn;
        }

        ConferenceResult result = rooms.Enter(room, options, out Conference? conference);
        if (conference is null)
        {
            Statistics.Refused++;
            sessions.Relax(leg);
            return result;
        }

        if (!_shares.TryGetValue(conference, out ConferenceShare? share))
        {
            share = sessions.OpenShare(this, conference);
            _shares.Add(conference, share);
        }

        sessions.Move(party, share.Session);
        party.Member = share.Add(party, role);
        Statistics.Joined++;
        Statistics.Members++;
        return ConferenceResult.Joined;
    }

    /// <summary>This shard's members of a room.</summary>
    public IReadOnlyList<ConferenceMember> GetMembers(string room) => rooms.Find(room) is { } conference && _shares.TryGetValue(conference, out ConferenceShare? share) ? share.Members : [];

    /// <summary>A member has left its share.</summary>
    internal void OnLeft(ConferenceShare share)
    {
        Statistics.Members--;
        if (share.Members.Count == 0)
        {
            _shares.Remove(share.Conference);
        }

        rooms.Leave(share.Conference);
    }
}
