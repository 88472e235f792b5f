using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Relay;

namespace MediaCore.Server.Demo;

/// <summary>What a phone heard.</summary>
/// <param name="SentPackets">Packets it sent.</param>
/// <param name="ReceivedPackets">Packets it received.</param>
/// <param name="LostPackets">Packets missing of those it should have received.</param>
/// <param name="JitterMilliseconds">Interarrival jitter, RFC 3550 §6.4.1.</param>
/// <param name="ToneFrames">Tenths of a second that were mostly the tone it listened for.</param>
/// <param name="SoundFrames">Tenths of a second louder than a whisper.</param>
/// <param name="Frames">Tenths of a second heard in all.</param>
internal sealed record SoftPhoneMedia(long SentPackets, long ReceivedPackets, long LostPackets, double JitterMilliseconds, int ToneFrames, int SoundFrames, int Frames);

/// <summary>A call of a soft phone, either side. Owned by the phone's thread; the tasks may be awaited from others.</summary>
internal sealed class SoftPhoneCall(string callId, string localTag, bool isOutgoing, double listenForHz)
{
    /// <summary>Samples per analysed frame: 100 ms, which tells 440 Hz from 660 Hz by far.</summary>
    private const int FrameSamples = 800;

    /// <summary>Louder than the noise of an idle line (-50 dBm0) and quieter than speech (-15 to -25).</summary>
    private const double SoundDbm0 = -40;

    private readonly short[] _frame = new short[FrameSamples];
    private readonly TaskCompletionSource<int> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RtpReceiverStatistics _statistics;
    private int _filled;
    private int _toneFrames;
    private int _soundFrames;
    private int _frames;

    public string CallId { get; } = callId;

    public string LocalTag { get; } = localTag;

    public bool IsOutgoing { get; } = isOutgoing;

    public string RemoteTag { get; set; } = "";

    public string LocalUri { get; set; } = "";

    public string RemoteUri { get; set; } = "";

    /// <summary>Where requests in the dialog go: the other side's Contact.</summary>
    public string RemoteTarget { get; set; } = "";

    public uint CSeq { get; set; }

    public NetworkEndpoint RemoteRtp { get; set; }

    public ushort RtpSequence { get; set; } = (ushort)System.Security.Cryptography.RandomNumberGenerator.GetInt32(65536);

    public uint RtpTimestamp { get; set; }

    public uint Ssrc { get; } = (uint)System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    public long SentPackets { get; set; }

    /// <summary>When the next packet is due; never while there is no media.</summary>
    public Timestamp NextPacket { get; set; } = Timestamp.Never;

    /// <summary>Whether a 18x came before the answer.</summary>
    public bool HasRung { get; set; }

    /// <summary>The final status of the INVITE.</summary>
    public Task<int> Answered => _answered.Task;

    /// <summary>Who ended the call: <c>local</c> or <c>remote</c>.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>The figures so far; exact once the call has ended.</summary>
    public SoftPhoneMedia Media => new(SentPackets, _statistics.Packets, _statistics.Lost, _statistics.MaxJitterMilliseconds, _toneFrames, _soundFrames, _frames);

    public void SetAnswered(int status) => _answered.TrySetResult(status);

    public void SetEnded(string side)
    {
        NextPacket = Timestamp.Never;
        _answered.TrySetResult(0);
        _ended.TrySetResult(side);
    }

    /// <summary>Hears a packet; what is not RTP with PCMU is not counted.</summary>
    public void Hear(ReadOnlySpan<byte> datagram, Timestamp now)
    {
        if (RtpHeader.LooksLikeRtcp(datagram) || !RtpPacket.TryParse(datagram, out RtpPacket packet) || packet.PayloadType != StaticPayloadTypes.Pcmu)
        {
            return;
        }

        _statistics.Update(packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Payload.Length, now, 8000);
        foreach (byte code in packet.Payload)
        {
            _frame[_filled++] = Pcmu.Decode(code);
            if (_filled == FrameSamples)
            {
                _filled = 0;
                _frames++;
                _toneFrames += Goertzel.IsTone(_frame, listenForHz) ? 1 : 0;
                _soundFrames += Goertzel.TotalLevelDbm0(_frame) > SoundDbm0 ? 1 : 0;
            }
        }
    }
}
