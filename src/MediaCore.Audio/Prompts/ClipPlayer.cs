using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Primitives;

namespace MediaCore.Audio.Prompts;

/// <summary>
/// Sends a clip as RTP packets of 20 ms G.711, paced by its owner: call <see cref="HandleDeadline"/> when <see cref="NextDeadline"/> has come. Packet <c>n</c> is due
/// at start + n · 20 ms, so lateness never adds up. Owned by its shard; holds no memory of its own but a reference to the shared clip.
/// </summary>
public struct ClipPlayer
{
    /// <summary>Samples and payload bytes of one packet.</summary>
    public const int FrameSamples = 160;

    /// <summary>Bytes of every packet: fixed RTP header and one frame.</summary>
    public const int PacketBytes = 12 + FrameSamples;

    /// <summary>
    /// How late a deadline may be and still be made up for by sending faster: 200 ms, ten packets. After a longer stall the rest of the clip moves back in time
    /// instead, because a longer burst only overflows the far end's jitter buffer.
    /// </summary>
    public static readonly TimeSpan MaxCatchUp = TimeSpan.FromMilliseconds(200);

    private const long FrameNanoseconds = 20_000_000;

    private AudioClip? _clip;
    private Timestamp _start;
    private long _framesSinceStart;
    private int _position;
    private byte _payloadType;
    private G711Law _law;
    private bool _loop;
    private bool _marker;

    /// <summary>When the next packet is due; after the last packet, when its 20 ms have been heard; <see cref="Timestamp.Never"/> when finished or never started.</summary>
    public readonly Timestamp NextDeadline => _clip is null ? Timestamp.Never : new Timestamp(_start.Nanoseconds + (_framesSinceStart * FrameNanoseconds));

    /// <summary>Whether there is nothing (more) to play; true of <c>default</c>.</summary>
    public readonly bool Finished => _clip is null;

    /// <summary>SSRC of the packets; 0 while there is no stream.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>The time that <see cref="NextTimestamp"/> stands for: when the next packet is due, or would be had the clip gone on.</summary>
    public readonly Timestamp NextTime => new(_start.Nanoseconds + (_framesSinceStart * FrameNanoseconds));

    /// <summary>Sequence number of the next packet; kept after the end so that the next clip can go on from it.</summary>
    public ushort NextSequenceNumber { get; private set; }

    /// <summary>RTP timestamp of the next packet; kept after the end.</summary>
    public uint NextTimestamp { get; private set; }

    /// <summary>Packets written since the first <see cref="Start"/>.</summary>
    public long Packets { get; private set; }

    /// <summary>Starts a clip on a new stream. The first packet is due at once.</summary>
    /// <param name="clip">What to play; an empty one is finished at its first deadline.</param>
    /// <param name="payloadType">The payload type that was negotiated for <paramref name="law"/>.</param>
    /// <param name="law">Which encoding.</param>
    /// <param name="loop">Start again at the end, without a gap, until <see cref="Stop"/>.</param>
    /// <param name="ssrc">Our SSRC.</param>
    /// <param name="firstSeq">First sequence number, random.</param>
    /// <param name="firstTs">First RTP timestamp, random.</param>
    /// <param name="now">When the clip starts.</param>
    public void Start(AudioClip clip, byte payloadType, G711Law law, bool loop, uint ssrc, ushort firstSeq, uint firstTs, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(clip);
        Ssrc = ssrc;
        NextSequenceNumber = firstSeq;
        NextTimestamp = firstTs;
        _payloadType = payloadType;
        _law = law;
        Begin(clip, loop, now);
    }

    /// <summary>
    /// Starts another clip on the same stream, also in the middle of one: sequence numbers go on, and the RTP timestamp moves by the time that passed since the last
    /// packet was due, as it has to within one SSRC (RFC 3550 §5.1).
    /// </summary>
    /// <param name="clip">What to play.</param>
    /// <param name="payloadType">The payload type that is negotiated for <paramref name="law"/> now.</param>
    /// <param name="law">Which encoding.</param>
    /// <param name="loop">As for <see cref="Start"/>.</param>
    /// <param name="now">When the clip starts.</param>
    /// <exception cref="InvalidOperationException">There is no stream.</exception>
    public void Continue(AudioClip clip, byte payloadType, G711Law law, bool loop, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (Ssrc == 0)
        {
            throw new InvalidOperationException("Continue needs a stream that Start or Adopt began.");
        }

        _payloadType = payloadType;
        _law = law;

        long late = now.Nanoseconds - (_start.Nanoseconds + (_framesSinceStart * FrameNanoseconds));
        if (late > 0)
        {
            NextTimestamp = unchecked(NextTimestamp + (uint)(late / (1_000_000_000 / AudioClip.SampleRateHz)));
        }

        Begin(clip, loop, now);
    }

    /// <summary>
    /// Writes the packet that is due. False when none is: too early, or the clip has been heard to its end (then <see cref="Finished"/>). After a late call several
    /// may be due; call again while <see cref="NextDeadline"/> is not later than <paramref name="now"/>.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="packet">At least <see cref="PacketBytes"/> bytes.</param>
    /// <param name="length">Bytes written, <see cref="PacketBytes"/> or 0. A last short frame is filled with silence.</param>
    public bool HandleDeadline(Timestamp now, Span<byte> packet, out int length)
    {
        length = 0;
        if (_clip is null || now < NextDeadline)
        {
            return false;
        }

        ReadOnlySpan<byte> encoded = _clip.Encoded(_law);
        if (_position >= encoded.Length)
        {
            _clip = null;
            return false;
        }

        if (now - NextDeadline > MaxCatchUp)
        {
            _start = new Timestamp(now.Nanoseconds - (_framesSinceStart * FrameNanoseconds));
        }

        WriteHeader(packet);
        FillFrame(encoded, packet.Slice(12, FrameSamples));
        length = PacketBytes;
        _framesSinceStart++;
        Packets++;
        return true;
    }

    /// <summary>Ends the clip now; the stream can be continued.</summary>
    public void Stop() => _clip = null;

    /// <summary>Takes over a stream that somebody else has sent so far, for the next clip to go on with.</summary>
    /// <param name="ssrc">Its SSRC.</param>
    /// <param name="nextSeq">Sequence number of its next packet.</param>
    /// <param name="nextTs">RTP timestamp of its next packet.</param>
    /// <param name="at">The time that the timestamp stands for.</param>
    public void Adopt(uint ssrc, ushort nextSeq, uint nextTs, Timestamp at)
    {
        Ssrc = ssrc;
        NextSequenceNumber = nextSeq;
        NextTimestamp = nextTs;
        _start = at;
        _framesSinceStart = 0;
    }

    /// <summary>Somebody else goes on with the stream: two must not count its packets. The next clip begins another, unless this one is given back (<see cref="Adopt"/>).</summary>
    public void GiveAway() => Ssrc = 0;

    private void Begin(AudioClip clip, bool loop, Timestamp now)
    {
        _clip = clip;
        _loop = loop && clip.Samples.Length > 0;
        _start = now;
        _framesSinceStart = 0;
        _position = 0;
        _marker = true;
    }

    private void WriteHeader(Span<byte> packet)
    {
        // The five lower projects do not see each other, so these twelve bytes (RFC 3550 §5.1) are written here as well as in MediaCore.Rtp.
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], NextTimestamp);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], NextSequenceNumber);
        packet[1] = (byte)((_payloadType & 0x7f) | (_marker ? 0x80 : 0));
        packet[0] = 0x80;
        _marker = false;
        NextSequenceNumber = unchecked((ushort)(NextSequenceNumber + 1));
        NextTimestamp = unchecked(NextTimestamp + FrameSamples);
    }

    private void FillFrame(ReadOnlySpan<byte> encoded, Span<byte> frame)
    {
        int filled = 0;
        while (filled < frame.Length)
        {
            int count = Math.Min(frame.Length - filled, encoded.Length - _position);
            encoded.Slice(_position, count).CopyTo(frame[filled..]);
            filled += count;
            _position += count;
            if (_position < encoded.Length)
            {
                continue;
            }

            if (!_loop)
            {
                frame[filled..].Fill(_law == G711Law.Pcma ? Pcma.Silence : Pcmu.Silence);
                return;
            }

            _position = 0;
        }
    }
}
