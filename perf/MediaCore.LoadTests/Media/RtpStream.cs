using System.Buffers.Binary;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Transport.Media;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// One party's media: what it sends every 20 ms and what has come. The sending half belongs to the sender's thread, the hearing half to the receiver's; mate, key and destination are set before
/// <see cref="IsSending"/> and before the pump listens for it.
/// </summary>
internal sealed class RtpStream(MediaEndpoint endpoint, SoundKind kind, PacketSeries packets, Listener? listener) : IDisposable
{
    /// <summary>One packet in so many of a relayed stream under SRTP is authenticated, decrypted and compared, its first among them; of the others the header is read.</summary>
    public const int CheckEvery = 16;

    /// <summary>What telephone events are called in all descriptions of the generator.</summary>
    public const byte EventPayloadType = 101;

    /// <summary>Ten seconds: longer under way than that is altered.</summary>
    private const int History = 512;

    private readonly long[] _sentAt = new long[History];
    private readonly byte[] _rewritten = new byte[MediaEndpoint.MaxPacketBytes];
    private readonly StringBuilder _heardDigits = new();
    private int _next;
    private volatile bool _isSending;
    private volatile bool _isUsedUp;
    private volatile DigitSender? _digits;
    private TelephoneEventReceiver _events;
    private SrtpReceiver? _receiver;
    private long _received;

    /// <summary>Where it is.</summary>
    public NetworkEndpoint Local => endpoint.Local;

    /// <summary>The stream whose packets come here.</summary>
    public RtpStream? Mate { get; set; }

    /// <summary>What its packets are called, set before <see cref="IsSending"/>.</summary>
    public byte PayloadType { get; set; }

    /// <summary>The SSRC of what it sends, set before <see cref="IsSending"/>; 0: that of all streams of the kind. Not under SRTP.</summary>
    public uint Ssrc { get; set; }

    /// <summary>Where it sends, and where it is sent from.</summary>
    public NetworkEndpoint Remote { get; set; }

    public bool IsSending
    {
        get => _isSending;
        set => _isSending = value;
    }

    /// <summary>Whether it had to stop because all of its packets were sent: its call took far longer than it should.</summary>
    public bool IsUsedUp => _isUsedUp;

    /// <summary>Packets sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Packets that were lost on purpose: numbered, and not sent.</summary>
    public long Dropped { get; private set; }

    /// <summary>Packets that the system did not take.</summary>
    public long SendErrors { get; private set; }

    /// <summary>Packets heard.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that were not authentic.</summary>
    public long Unauthentic { get; private set; }

    /// <summary>Packets that were looked into, and those of them that did not come as they were sent.</summary>
    public long Compared { get; private set; }

    public long Altered { get; private set; }

    /// <summary>What was heard, where it is listened to.</summary>
    public Listener? Listener => listener;

    /// <summary>Keys heard; look at it when nothing more is under way.</summary>
    public string HeardDigits => _heardDigits.ToString();

    /// <summary>Presses keys while it is sending.</summary>
    public void Press(string digits) => _digits = new DigitSender(digits);

    /// <summary>Whether the key of what comes is known.</summary>
    public bool IsSecured => _receiver is not null;

    /// <summary>The key of what comes; without it that is plain.</summary>
    public void Secure(SrtpReceiver receiver) => _receiver = receiver;

    /// <summary>Sends the next packet. Its time is taken right before the system call, per packet: within a batch of sendmmsg the later ones would seem to be older than they are.</summary>
    /// <param name="isLost">Whether it is lost on its way, on purpose.</param>
    public void SendNext(bool isLost = false)
    {
        if (_next == packets.Count)
        {
            _isUsedUp = true;
            _isSending = false;
            return;
        }

        int index = _next++;
        ReadOnlySpan<byte> packet = packets[index];
        if (PayloadType != 0 || Ssrc != 0 || _digits is not null)
        {
            packet = Rewrite(packet);
        }

        Volatile.Write(ref _sentAt[index % History], WallClock.Nanoseconds);
        if (isLost)
        {
            Dropped++;
        }
        else if (MediaSocket.Send(endpoint.Descriptor, packet, Remote) == SendResult.Sent)
        {
            Sent++;
        }
        else
        {
            SendErrors++;
        }
    }

    /// <summary>Takes a packet that came.</summary>
    public void Hear(Span<byte> packet, long arrivedAt, LatencyHistogram latency)
    {
        bool isRelayed = kind == SoundKind.Relayed;
        long heard = _received;
        bool isOpen = _receiver is null;
        if (!isOpen && (!isRelayed || heard % CheckEvery == 0))
        {
            if (_receiver!.Unprotect(packet, out int length) != SrtpStatus.Ok)
            {
                Unauthentic++;
                return;
            }

            packet = packet[..length];
            isOpen = true;
        }

        Volatile.Write(ref _received, heard + 1);
        if (!RtpPacket.TryParse(packet, out RtpPacket rtp))
        {
            Altered++;
        }
        else if (!isRelayed)
        {
            listener!.Hear(rtp.Payload);
        }
        else if (rtp.PayloadType == EventPayloadType)
        {
            TelephoneEventReport report = _events.Receive(rtp.Timestamp, rtp.Ssrc, rtp.Payload, new Timestamp(arrivedAt));
            if (report.HasStarted)
            {
                _heardDigits.Append(TelephoneEvent.ToDigit(report.Code));
            }
        }
        else
        {
            int index = PacketSeries.IndexOf(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
            long nanoseconds = arrivedAt - Mate!.SentAt(index);
            if (nanoseconds is < 0 or > 10_000_000_000)
            {
                Altered++;
            }
            else
            {
                latency.Add(nanoseconds);
            }

            if (isOpen)
            {
                Compared++;
                Altered += rtp.Payload.SequenceEqual(Mate.Carried(index)) ? 0 : 1;
            }
        }
    }

    public void Dispose()
    {
        _receiver?.Dispose();
        listener?.Dispose();
    }

    private ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(_rewritten);
        int length = packet.Length;
        RtpHeader.SetPayloadType(_rewritten, PayloadType);
        if (Ssrc != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_rewritten.AsSpan(8), Ssrc);
        }

        if (_digits is { } digits)
        {
            if (digits.TryWriteNext(_rewritten.AsSpan(RtpHeader.MinBytes), BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), out bool marker))
            {
                length = RtpHeader.MinBytes + TelephoneEvent.Bytes;
                _rewritten[1] = (byte)(EventPayloadType | (marker ? 0x80 : 0));
                BinaryPrimitives.WriteUInt32BigEndian(_rewritten.AsSpan(4), digits.Timestamp);
            }
            else if (digits.IsFinished)
            {
                _digits = null;
            }
        }

        return _rewritten.AsSpan(0, length);
    }

    private long SentAt(int index) => Volatile.Read(ref _sentAt[index % History]);

    private ReadOnlySpan<byte> Carried(int index) => packets.PayloadOf(index);
}
