namespace MediaCore.Sdp;

/// <summary>The lines of a section in their order, all or only those of one letter; for <c>foreach</c>, without allocation.</summary>
public ref struct SdpLines
{
    private readonly SdpDescription _description;
    private readonly int _end;
    private readonly byte _type;
    private int _index;

    internal SdpLines(SdpDescription description, int start, int end, byte type)
    {
        _description = description;
        _index = start - 1;
        _end = end;
        _type = type;
    }

    /// <summary>The line that the last <see cref="MoveNext"/> found.</summary>
    public readonly SdpLine Current => _description.GetLine(_index);

    /// <summary>This enumerator, as <c>foreach</c> asks for it.</summary>
    public readonly SdpLines GetEnumerator() => this;

    /// <summary>Goes to the next line; false at the section's end.</summary>
    public bool MoveNext()
    {
        while (++_index < _end)
        {
            if (_type == 0 || _description.LineAt(_index).Type == _type)
            {
                return true;
            }
        }

        return false;
    }
}
