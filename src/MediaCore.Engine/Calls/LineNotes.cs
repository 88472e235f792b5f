using MediaCore.Audio.Detection;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Digits;

namespace MediaCore.Engine.Calls;

/// <summary>What was found on a leg's line, for its record; made for the first thing found.</summary>
internal sealed class LineNotes
{
    private const int MaxTones = 16;

    private readonly List<LineTone> _tones = [];
    private readonly char[] _digits = new char[DigitLimits.MaxRecorded];
    private int _count;

    public AnswererVerdict Answerer { get; set; }

    /// <summary>Notes a digit; <c>'\0'</c>, which is secret, only by its place.</summary>
    public void Add(char digit)
    {
        if (_count < _digits.Length)
        {
            _digits[_count++] = digit == '\0' ? LineRecord.Secret : digit;
        }
    }

    public void Add(LineTone tone)
    {
        if (_tones.Count < MaxTones)
        {
            _tones.Add(tone);
        }
    }

    public LineRecord ToRecord() => new() { Digits = _count == 0 ? null : new string(_digits, 0, _count), Tones = [.. _tones], Answerer = Answerer };
}
