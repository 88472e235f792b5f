using MediaCore.Primitives;

namespace MediaCore.Server.Demo;

/// <summary>A SIP message as one of the phones saw it.</summary>
/// <param name="At">When.</param>
/// <param name="Phone">The phone's name.</param>
/// <param name="IsSent">Sent by the phone, rather than received.</param>
/// <param name="Text">Method or status, with what it belongs to.</param>
internal sealed record LadderEntry(Timestamp At, string Phone, bool IsSent, string Text);

/// <summary>Collects what the phones sent and received; for any thread.</summary>
internal sealed class Ladder
{
    private readonly Lock _gate = new();
    private readonly List<LadderEntry> _entries = [];

    /// <summary>Everything so far, by time.</summary>
    public IReadOnlyList<LadderEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.OrderBy(static e => e.At)];
            }
        }
    }

    /// <summary>Adds a message.</summary>
    public void Add(LadderEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
        }
    }
}
