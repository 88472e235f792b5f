namespace MediaCore.Sip.Dialogs;

/// <summary>
/// The bytes of a dialog: a list of segments lying end to end in one array. The array grows by little up to
/// <see cref="DialogLimits.MaxArenaBytes"/>, since thousands of calls hold theirs for minutes, and is kept for the next call.
/// </summary>
internal sealed class DialogArena
{
    private readonly ushort[] _ends;
    private readonly int _fixedSegments;
    private byte[] _bytes = new byte[DialogLimits.InitialArenaBytes];

    /// <summary>An arena with so many segments that always exist, and room for more that come and go.</summary>
    public DialogArena(int fixedSegments, int extraSegments)
    {
        _fixedSegments = fixedSegments;
        _ends = new ushort[fixedSegments + extraSegments];
        Count = fixedSegments;
    }

    /// <summary>Segments now.</summary>
    public int Count { get; private set; }

    /// <summary>The segment's bytes, good until the next change.</summary>
    public ReadOnlySpan<byte> this[int segment] => _bytes.AsSpan(Start(segment).._ends[segment]);

    /// <summary>Empties every segment; gives back an array that one large call made.</summary>
    public void Clear()
    {
        Count = _fixedSegments;
        _ends.AsSpan().Clear();
        if (_bytes.Length > DialogLimits.RetainedArenaBytes)
        {
            _bytes = new byte[DialogLimits.InitialArenaBytes];
        }
    }

    /// <summary>Whether so many more bytes fit, whatever is replaced by them.</summary>
    public bool HasRoomFor(int bytes) => _ends[Count - 1] + bytes <= DialogLimits.MaxArenaBytes;

    /// <summary>Puts other bytes into a segment; false, with nothing changed, when the arena would pass its bound.</summary>
    public bool TryReplace(int segment, ReadOnlySpan<byte> value)
    {
        int start = Start(segment);
        int oldEnd = _ends[segment];
        int used = _ends[Count - 1];
        int delta = value.Length - (oldEnd - start);
        if (used + delta > DialogLimits.MaxArenaBytes)
        {
            return false;
        }

        // A caller may hand us a piece of this arena (a route as the new target); moving the tail would shift it under our feet.
        if (value.Overlaps(_bytes))
        {
            value = value.ToArray();
        }

        Reserve(used + delta);
        _bytes.AsSpan(oldEnd, used - oldEnd).CopyTo(_bytes.AsSpan(oldEnd + delta));
        value.CopyTo(_bytes.AsSpan(start));
        for (int i = segment; i < Count; i++)
        {
            _ends[i] = (ushort)(_ends[i] + delta);
        }

        return true;
    }

    /// <summary>Adds a segment before the one at <paramref name="segment"/> (or at the end); false when either bound is reached.</summary>
    public bool TryInsert(int segment, ReadOnlySpan<byte> value)
    {
        if (Count == _ends.Length)
        {
            return false;
        }

        int start = Start(segment);
        _ends.AsSpan(segment, Count - segment).CopyTo(_ends.AsSpan(segment + 1));
        _ends[segment] = (ushort)start;
        Count++;
        if (TryReplace(segment, value))
        {
            return true;
        }

        RemoveEmpty(segment);
        return false;
    }

    /// <summary>Drops every segment past the fixed ones.</summary>
    public void Truncate() => Count = _fixedSegments;

    private void RemoveEmpty(int segment)
    {
        _ends.AsSpan(segment + 1, Count - segment - 1).CopyTo(_ends.AsSpan(segment));
        Count--;
    }

    private int Start(int segment) => segment == 0 ? 0 : _ends[segment - 1];

    private void Reserve(int bytes)
    {
        if (bytes > _bytes.Length)
        {
            int size = (bytes + DialogLimits.ArenaStepBytes - 1) / DialogLimits.ArenaStepBytes * DialogLimits.ArenaStepBytes;
            Array.Resize(ref _bytes, size);
        }
    }
}
