using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// One party's media: a socket, what it sends every 20 ms and what has come. The sending half belongs to the sender's thread, the hearing half to the receiver's; keys and destination are set before <see cref="IsSending"/>.
/// </summary>
internal sealed class RtpStream : IDisposable
{
    public const int MaxPacketBytes = 2048;
    private const int StampedPayloadBytes = 160;

    private readonly SoundKind _kind;
    private readonly Sound _sound;
    private readonly Listener? _listener;
    private readonly UdpSocket _socket;
    private readonly uint _ssrc = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(4));
    private ushort _sequenceNumber;
    private uint _timestamp;
    private int _frame;
    private bool _marker = true;
    private volatile bool _isSending;
    private volatile SrtpSender? _sender;
    private volatile SrtpReceiver? _receiver;
    private long _received;

    public RtpStream(NetworkEndpoint local, SoundKind kind, Sound sound, Listener? listener)
    {
        _kind = kind;
        _sound = sound;
        _listener = listener;
        _socket = UdpSocket.Bind(local, new UdpSocketOptions { ReceiveBufferBytes = 256 * 1024 });
    }

    /// <summary>Where it is.</summary>
    public NetworkEndpoint Local => _socket.LocalEndpoint;

    public int Descriptor => _socket.Descriptor;

    /// <summary>What its packets are called, set before <see cref="IsSending"/>.</summary>
    public byte PayloadType { get; set; }

    /// <summary>Where it sends.</summary>
    public NetworkEndpoint Remote { get; set; }

    public bool IsSending
    {
        get => _isSending;
        set => _isSending = value;
    }

    /// <summary>Packets sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Packets that the system did not take.</summary>
    public long SendErrors { get; private set; }

    /// <summary>Packets heard.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Packets that were not authentic.</summary>
    public long Unauthentic { get; private set; }

    /// <summary>Packets that did not come as they were sent.</summary>
    public long Altered { get; private set; }

    /// <summary>What was heard, where it is listened to.</summary>
    public Listener? Listener => _listener;

    /// <summary>Both keys; without them the stream is plain.</summary>
    public void Secure(SrtpSender sender, SrtpReceiver receiver)
    {
        _sender = sender;
        _receiver = receiver;
    }

    /// <summary>Sends the next packet.</summary>
    public void SendNext(Span<byte> buffer)
    {
        Span<byte> payload = buffer[RtpHeader.MinBytes..];
        int length;
        if (_kind == SoundKind.StampedPcmu)
        {
            _sound.GetPayload(_frame)[..StampedPayloadBytes].CopyTo(payload);
            BinaryPrimitives.WriteInt64BigEndian(payload, MonotonicClock.Now.Nanoseconds);
            length = StampedPayloadBytes;
        }
        else
        {
            ReadOnlySpan<byte> frame = _sound.GetPayload(_frame);
            frame.CopyTo(payload);
            length = frame.Length;
        }

        RtpHeader.Write(buffer, PayloadType, _marker, _sequenceNumber++, _timestamp, _ssrc);
        length += RtpHeader.MinBytes;
        _marker = false;
        _timestamp += _kind == SoundKind.ToneOpus ? 960u : 160u;
        _frame++;
        if (_sender is { } sender && sender.Protect(buffer, length, out length) != SrtpStatus.Ok)
        {
            SendErrors++;
            return;
        }

        if (MediaSocket.Send(Descriptor, buffer[..length], Remote) == SendResult.Sent)
        {
            Sent++;
        }
        else
        {
            SendErrors++;
        }
    }

    /// <summary>Reads all that waits.</summary>
    public void Hear(Span<byte> buffer, LatencyHistogram latency)
    {
        while (true)
        {
            int length = MediaSocket.Receive(Descriptor, buffer, out _);
            if (length == MediaSocket.None)
            {
                return;
            }

            if (length <= 0 || RtpHeader.LooksLikeRtcp(buffer[..length]))
            {
                continue;
            }

            Span<byte> packet = buffer[..length];
            if (_receiver is { } receiver)
            {
                if (receiver.Unprotect(packet, out length) != SrtpStatus.Ok)
                {
                    Unauthentic++;
                    continue;
                }

                packet = packet[..length];
            }

            Volatile.Write(ref _received, _received + 1);
            HearPacket(packet, latency);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
        _listener?.Dispose();
    }

    private void HearPacket(Span<byte> packet, LatencyHistogram latency)
    {
        if (!RtpPacket.TryParse(packet, out RtpPacket rtp))
        {
            Altered++;
        }
        else if (_kind != SoundKind.StampedPcmu)
        {
            _listener!.Hear(rtp.Payload);
        }
        else if (rtp.Payload.Length != StampedPayloadBytes)
        {
            Altered++;
        }
        else
        {
            long nanoseconds = MonotonicClock.Now.Nanoseconds - BinaryPrimitives.ReadInt64BigEndian(rtp.Payload);
            if (nanoseconds is < 0 or > 60_000_000_000)
            {
                Altered++;
            }
            else
            {
                latency.Add(nanoseconds);
            }
        }
    }
}
