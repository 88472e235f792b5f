using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>
/// A conference as all shards see it: how many members it has, and what the members of each shard said. Each shard that has members has a <see cref="ConferenceShare"/> of its own, and they exchange sums
/// (docs/adr/0021-conferences-across-shards.md). Shared by the shards, without locks.
/// </summary>
internal sealed class Conference
{
    private const int Closed = -1;

    private readonly SumSlots<Uninterrupted>?[] _shares;
    private int _members;
    private int _shareCount;

    /// <summary>A conference nobody is in.</summary>
    public Conference(string name, ConferenceOptions options, int shards)
    {
        Name = name;
        Options = options;
        _shares = new SumSlots<Uninterrupted>?[shards];
    }

    /// <summary>The room's name.</summary>
    public string Name { get; }

    /// <summary>How it is held.</summary>
    public ConferenceOptions Options { get; }

    /// <summary>Members on all shards.</summary>
    public int Members => Math.Max(0, Volatile.Read(ref _members));

    /// <summary>Shards that have members.</summary>
    public int ShareCount => Volatile.Read(ref _shareCount);

    /// <summary>As many as there are shards.</summary>
    public int Shards => _shares.Length;

    /// <summary>Counts a member in.</summary>
    /// <returns>How many there are now; 0 when it is full, −1 when it has just ended and a new one is to be opened.</returns>
    public int Enter()
    {
        int members = Volatile.Read(ref _members);
        while (true)
        {
            if (members == Closed || members >= Options.MaxMembers)
            {
                return members == Closed ? Closed : 0;
            }

            int before = Interlocked.CompareExchange(ref _members, members + 1, members);
            if (before == members)
            {
                return members + 1;
            }

            members = before;
        }
    }

    /// <summary>Counts a member out; true when it was the last one, and the conference has ended.</summary>
    public bool Leave()
    {
        if (Interlocked.Decrement(ref _members) != 0)
        {
            return false;
        }

        // Nobody can come in between: the next one finds it closed, or we find that somebody came first.
        return Interlocked.CompareExchange(ref _members, Closed, 0) == 0;
    }

    /// <summary>What a shard's members say from now on is read by the others.</summary>
    public void Publish(int shard, SumSlots<Uninterrupted> slots)
    {
        Volatile.Write(ref _shares[shard], slots);
        Interlocked.Increment(ref _shareCount);
    }

    /// <summary>A shard has no members any more.</summary>
    public void Withdraw(int shard)
    {
        Volatile.Write(ref _shares[shard], null);
        Interlocked.Decrement(ref _shareCount);
    }

    /// <summary>What another shard's members say; null when it has none.</summary>
    public SumSlots<Uninterrupted>? GetShare(int shard) => Volatile.Read(ref _shares[shard]);
}
