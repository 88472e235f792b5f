namespace MediaCore.Sdp;

/// <summary>
/// What an <see cref="AudioFormatList"/> holds: formats with their text, never changed once made. Lists of the same content have the same object as long as it is among the
/// <see cref="SdpLimits.KnownFormatLists"/> that are remembered, so that thousands of calls with the same phones have their formats once. Safe on any thread, without locks: an entry of
/// the table is one reference, and a lost or overwritten one costs an object more.
/// </summary>
internal sealed class SharedFormats
{
    // Where one hash may lead to; the first free place is taken, then each in turn: were it chosen by the hash, two lists that are in use could push each other out for ever.
    private const int Ways = 4;

    private static readonly SharedFormats?[] s_known = new SharedFormats?[SdpLimits.KnownFormatLists];

    // Where threads count at once one turn is lost, which matters to nobody.
    private static int s_turn;

    private readonly AudioFormat[] _formats;
    private readonly byte[] _text;
    private readonly int _hash;

    private SharedFormats(AudioFormat[] formats, byte[] text, int hash)
    {
        _formats = formats;
        _text = text;
        _hash = hash;
    }

    /// <summary>Without any format.</summary>
    public static SharedFormats Empty { get; } = new([], [], 0);

    /// <summary>The formats.</summary>
    public ReadOnlySpan<AudioFormat> Formats => _formats;

    /// <summary>Encoding names and parameters.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>These formats and one more, which has been checked.</summary>
    public SharedFormats With(AudioFormat format, ReadOnlySpan<byte> encodingName, ReadOnlySpan<byte> parameters)
    {
        var added = new AudioFormat(format, (ushort)_text.Length, (byte)encodingName.Length, (byte)parameters.Length);
        HashCode code = default;
        code.Add(_hash);
        code.Add(added);
        code.AddBytes(encodingName);
        code.AddBytes(parameters);
        int hash = code.ToHashCode();
        int set = hash & (SdpLimits.KnownFormatLists - Ways);
        int place = -1;
        for (int i = set + Ways - 1; i >= set; i--)
        {
            SharedFormats? known = Volatile.Read(ref s_known[i]);
            if (known is null)
            {
                place = i;
            }
            else if (known._hash == hash && known.IsThis(this, added, encodingName, parameters))
            {
                return known;
            }
        }

        if (place < 0)
        {
            place = set + (s_turn++ & (Ways - 1));
        }

        var made = new SharedFormats([.. _formats, added], [.. _text, .. encodingName, .. parameters], hash);
        Volatile.Write(ref s_known[place], made);
        return made;
    }

    private bool IsThis(SharedFormats shorter, AudioFormat added, ReadOnlySpan<byte> encodingName, ReadOnlySpan<byte> parameters)
    {
        int count = shorter._formats.Length;
        int start = shorter._text.Length;
        if (_formats.Length != count + 1 || _text.Length != start + encodingName.Length + parameters.Length || !IsSame(_formats[count], added))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!IsSame(_formats[i], shorter._formats[i]))
            {
                return false;
            }
        }

        ReadOnlySpan<byte> text = _text;
        return text[..start].SequenceEqual(shorter._text)
            && text.Slice(start, encodingName.Length).SequenceEqual(encodingName)
            && text[(start + encodingName.Length)..].SequenceEqual(parameters);
    }

    private static bool IsSame(AudioFormat one, AudioFormat other) => one == other && one.NameLength == other.NameLength && one.ParameterLength == other.ParameterLength;
}
