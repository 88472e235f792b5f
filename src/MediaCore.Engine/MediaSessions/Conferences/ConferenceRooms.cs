using System.Collections.Concurrent;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>The conferences of all shards by name. A room is there as long as somebody is in it. Shared by the shards: reads take no lock, and opening or ending a room one for the time of a table access.</summary>
/// <param name="shards">As many as the engine has.</param>
internal sealed class ConferenceRooms(int shards)
{
    private readonly ConcurrentDictionary<string, Conference> _rooms = new(StringComparer.Ordinal);
    private static readonly ConferenceOptions s_default = new();

    private int _count;

    /// <summary>Rooms that are not held by default.</summary>
    public IReadOnlyDictionary<string, ConferenceOptions> Configured { get; init; } = new Dictionary<string, ConferenceOptions>(StringComparer.Ordinal);

    /// <summary>Rooms with somebody in them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Members of all rooms.</summary>
    public int Members => _rooms.Values.Sum(static room => room.Members);

    /// <summary>Counts a member into a room, opening it where there is none.</summary>
    public ConferenceResult Enter(string name, ConferenceOptions options, out Conference? conference)
    {
        while (true)
        {
            if (!_rooms.TryGetValue(name, out conference))
            {
                if (Volatile.Read(ref _count) >= ConferenceLimits.MaxRooms)
                {
                    return ConferenceResult.TooMany;
                }

                conference = new Conference(name, options, shards);
                if (_rooms.TryAdd(name, conference))
                {
                    Interlocked.Increment(ref _count);
                }
                else
                {
                    continue;
                }
            }

            int members = conference.Enter();
            if (members > 0)
            {
                return ConferenceResult.Joined;
            }

            if (members == 0)
            {
                conference = null;
                return ConferenceResult.Full;
            }

            // It ended this moment; whoever ended it may not have taken it out yet.
            Remove(conference);
        }
    }

    /// <summary>Counts a member out; the last one closes the room.</summary>
    public void Leave(Conference conference)
    {
        if (conference.Leave())
        {
            Remove(conference);
        }
    }

    /// <summary>How a room is held: as configured by its name, else by default.</summary>
    public ConferenceOptions GetOptions(string name) => Configured.GetValueOrDefault(name) ?? s_default;

    /// <summary>The room of this name, or null.</summary>
    public Conference? Find(string name) => _rooms.GetValueOrDefault(name);

    private void Remove(Conference conference)
    {
        if (_rooms.TryRemove(KeyValuePair.Create(conference.Name, conference)))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
