namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>Digits that wait to be sent, in order, at most <see cref="DigitLimits.MaxWaiting"/>.</summary>
internal sealed class DigitQueue
{
    private readonly (char Digit, ushort Milliseconds, ushort Pause)[] _ring = new (char Digit, ushort Milliseconds, ushort Pause)[DigitLimits.MaxWaiting];
    private int _first;

    public int Count { get; private set; }

    /// <summary>Takes a digit; false when it is full. Lengths are brought within <see cref="DigitLimits"/>.</summary>
    public bool TryAdd(char digit, int milliseconds, int pause)
    {
        if (Count == _ring.Length)
        {
            return false;
        }

        ushort length = (ushort)Math.Clamp(milliseconds, DigitLimits.MinMilliseconds, DigitLimits.MaxMilliseconds);
        ushort after = (ushort)Math.Clamp(pause, DigitLimits.DefaultPauseMilliseconds, DigitLimits.MaxPauseMilliseconds);
        _ring[(_first + Count++) % _ring.Length] = (digit, length, after);
        return true;
    }

    /// <summary>The digit that is taken next; false when none waits.</summary>
    public bool TryPeek(out char digit)
    {
        digit = Count == 0 ? '\0' : _ring[_first].Digit;
        return Count > 0;
    }

    public bool TryTake(out char digit, out int milliseconds, out int pause)
    {
        (digit, milliseconds, pause) = default((char, ushort, ushort));
        if (Count == 0)
        {
            return false;
        }

        (digit, milliseconds, pause) = _ring[_first];
        _first = (_first + 1) % _ring.Length;
        Count--;
        return true;
    }

    public void Clear() => Count = 0;
}
