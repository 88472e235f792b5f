using System.Numerics;
using System.Runtime.CompilerServices;

namespace MediaCore.Rtp.Srtp;

/// <summary>
/// The sources of one direction with their replay windows, RFC 3711 §3.3.2. A window is a ring of bits, one per index, of 64 more than are promised, so that moving on clears whole
/// words (the way of RFC 6479). Sources are added for packets that are authentic or our own, up to a bound, and never given up before the keys are. Looking allocates nothing and
/// changes nothing; a new source may make the arrays grow.
/// </summary>
internal sealed class SrtpStreamTable
{
    private const int WordBits = 64;
    private const int FirstStreams = 2;

    private readonly int _windowPackets;
    private readonly int _windowWords;
    private readonly int _maxStreams;
    private SrtpStream[] _streams;
    private ulong[] _windows;
    private int _recent;

    /// <summary>An empty table.</summary>
    public SrtpStreamTable(SrtpOptions options)
    {
        _windowPackets = options.WindowPackets;
        // A power of two, so that the word of an index is a mask away.
        _windowWords = (int)BitOperations.RoundUpToPowerOf2((uint)(_windowPackets / WordBits) + 1);
        _maxStreams = options.MaxStreams;
        int streams = Math.Min(FirstStreams, _maxStreams);
        _streams = new SrtpStream[streams];
        _windows = new ulong[streams * _windowWords];
    }

    /// <summary>Sources so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room for another source.</summary>
    public bool IsFull => Count == _maxStreams;

    /// <summary>A source by its position.</summary>
    public ref SrtpStream this[int position] => ref _streams[position];

    /// <summary>The position of a source, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(uint ssrc)
    {
        int recent = _recent;
        return (uint)recent < (uint)Count && _streams[recent].Ssrc == ssrc ? recent : Search(ssrc);
    }

    /// <summary>Whether a packet with this index may be taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SrtpStatus Check(int position, ulong index)
    {
        ulong highest = _streams[position].HighestIndex;
        if (index > highest)
        {
            return SrtpStatus.Ok;
        }

        if (highest - index >= (ulong)_windowPackets)
        {
            return SrtpStatus.TooOld;
        }

        return (Word(position, index) & Bit(index)) == 0 ? SrtpStatus.Ok : SrtpStatus.Replayed;
    }

    /// <summary>Marks an index as taken, after <see cref="Check"/> and after the packet proved authentic.</summary>
    public void Take(int position, ulong index)
    {
        ref SrtpStream stream = ref _streams[position];
        if (index > stream.HighestIndex)
        {
            ulong from = stream.HighestIndex / WordBits;
            ulong words = Math.Min((index / WordBits) - from, (ulong)_windowWords);
            for (ulong i = 1; i <= words; i++)
            {
                Word(position, (from + i) * WordBits) = 0;
            }

            stream.HighestIndex = index;
        }

        Word(position, index) |= Bit(index);
        _recent = position;
    }

    /// <summary>Adds a source whose first packet has this index; only when not <see cref="IsFull"/>.</summary>
    public void Add(uint ssrc, ulong index, int keyNumber)
    {
        if (Count == _streams.Length)
        {
            int streams = Math.Min(Count * 2, _maxStreams);
            Array.Resize(ref _streams, streams);
            Array.Resize(ref _windows, streams * _windowWords);
        }

        _streams[Count].Ssrc = ssrc;
        Count++;
        Restart(Count - 1, index, keyNumber);
    }

    /// <summary>Begins a source's window again at an index, under another key.</summary>
    public void Restart(int position, ulong index, int keyNumber)
    {
        ref SrtpStream stream = ref _streams[position];
        stream.HighestIndex = index;
        stream.KeyNumber = keyNumber;
        _windows.AsSpan(position * _windowWords, _windowWords).Clear();
        Take(position, index);
    }

    /// <summary>Takes nothing any more that is older than the highest index.</summary>
    public void CloseWindow(int position) => _windows.AsSpan(position * _windowWords, _windowWords).Fill(ulong.MaxValue);

    private int Search(uint ssrc)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_streams[i].Ssrc == ssrc)
            {
                return i;
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Word(int position, ulong index) => ref _windows[(position * _windowWords) + (int)((index / WordBits) & (ulong)(_windowWords - 1))];

    private static ulong Bit(ulong index) => 1UL << (int)(index % WordBits);
}
