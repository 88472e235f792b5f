namespace MediaCore.Audio.Dtmf;

/// <summary>The sixteen digits of multi-frequency push-button dialling and their pairs of frequencies, ITU-T Q.23.</summary>
public static class DtmfDigit
{
    /// <summary>The frequencies of the rows in Hz.</summary>
    public static ReadOnlySpan<double> LowHz => [697.0, 770.0, 852.0, 941.0];

    /// <summary>The frequencies of the columns in Hz.</summary>
    public static ReadOnlySpan<double> HighHz => [1209.0, 1336.0, 1477.0, 1633.0];

    /// <summary>The digits row by row.</summary>
    private static ReadOnlySpan<byte> Keys => "123A456B789C*0#D"u8;

    /// <summary>The digit of a row and a column, each 0–3.</summary>
    public static char At(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)row, 3u, nameof(row));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)column, 3u, nameof(column));
        return (char)Keys[(row * 4) + column];
    }

    /// <summary>The frequencies of a digit, letters in either case; false for what is no digit.</summary>
    public static bool TryGetFrequencies(char digit, out double lowHz, out double highHz)
    {
        char upper = char.ToUpperInvariant(digit);
        int index = upper <= 'D' ? Keys.IndexOf((byte)upper) : -1;
        lowHz = index < 0 ? 0 : LowHz[index >> 2];
        highHz = index < 0 ? 0 : HighHz[index & 3];
        return index >= 0;
    }
}
