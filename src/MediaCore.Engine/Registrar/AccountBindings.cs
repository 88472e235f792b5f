using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// The contacts of one account: an array that is never changed, only replaced by compare-and-swap. It is sorted as calls want it: the highest q first, of
/// those the newest.
/// </summary>
internal sealed class AccountBindings(string account)
{
    /// <summary>Stands in the place of the list once the entry has left the table; whoever meets it looks the account up again.</summary>
    private static readonly Binding[] s_retired = new Binding[1];

    private Binding[] _list = [];
    private int _isDirty;
    private int _untold;

    /// <summary>The account's name.</summary>
    public string Account { get; } = account;

    /// <summary>The list, expired contacts included.</summary>
    public Binding[] Stored => Volatile.Read(ref _list);

    /// <summary>Whether the entry is out of the table and must not be used.</summary>
    public bool IsRetired => ReferenceEquals(Stored, s_retired);

    /// <summary>Replaces the list that was seen; false when another thread was faster.</summary>
    public bool TryReplace(Binding[] seen, Binding[] next) => ReferenceEquals(Interlocked.CompareExchange(ref _list, next, seen), seen);

    /// <summary>Takes the entry out of use; false when its list is not <paramref name="seen"/> any more.</summary>
    public bool TryRetire(Binding[] seen) => TryReplace(seen, s_retired);

    /// <summary>Changes that are being told, those included that came while somebody tells one.</summary>
    public int Untold => Volatile.Read(ref _untold);

    /// <summary>A change of the list was made and is to be told; true for whoever has to tell it, and with it those that come until <see cref="TryEndTelling"/>. A full fence.</summary>
    public bool TryBeginTelling() => Interlocked.Increment(ref _untold) == 1;

    /// <summary>So many changes, as <see cref="Untold"/> said before the list was read, were told; false when there were more since.</summary>
    public bool TryEndTelling(int told) => Interlocked.Add(ref _untold, -told) == 0;

    /// <summary>Notes a change; true for the first since <see cref="TakeDirty"/>.</summary>
    public bool MarkDirty() => Volatile.Read(ref _isDirty) == 0 && Interlocked.Exchange(ref _isDirty, 1) == 0;

    /// <summary>Changes from now on count as new ones. A full fence: what is read of the list afterwards is no older than the last change that found the mark set.</summary>
    public void TakeDirty() => Interlocked.Exchange(ref _isDirty, 0);

    /// <summary>Whether something of the list has expired or lost its flow.</summary>
    public static bool HasDead(ReadOnlySpan<Binding> bindings, Timestamp now)
    {
        foreach (Binding binding in bindings)
        {
            if (binding.ExpiresAt <= now || binding.IsFlowLost)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The list without what has expired or lost its flow; the same array when that is nothing.</summary>
    public static Binding[] WithoutDead(Binding[] bindings, Timestamp now) => HasDead(bindings, now) ? CopyLiving(bindings, now) : bindings;

    // Apart, so that the closure is not made where there is nothing to leave out.
    private static Binding[] CopyLiving(Binding[] bindings, Timestamp now) => Array.FindAll(bindings, b => b.ExpiresAt > now && !b.IsFlowLost);
}
