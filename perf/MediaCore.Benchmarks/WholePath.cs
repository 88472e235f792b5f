using MediaCore.Audio.G711;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Sdp;

namespace MediaCore.Benchmarks;

/// <summary>
/// A voice in G.711 that one server transcodes to Opus and another one back, each as for a call: jitter buffers, concealment and the media graph itself. Between the two packets are lost, and come up to
/// <see cref="MaxJitterMilliseconds"/> late. Under virtual time and deterministic.
/// </summary>
internal sealed class WholePath : IAudioSender
{
    /// <summary>Longest time from what is said to what is heard.</summary>
    public const int MaxDelayMilliseconds = 400;

    /// <summary>Packets come by so much late at most, in each of them another.</summary>
    public const int MaxJitterMilliseconds = 15;

    private const int FrameSamples = 160;

    private readonly ShardContext _context = CallScenario.CreateContext();
    private readonly AudioSessions _sessions;
    private readonly MediaLeg _said;
    private readonly MediaLeg _sent;
    private readonly MediaLeg _received;
    private readonly MediaLeg _heard;
    private readonly PriorityQueue<byte[], long> _network = new();
    private readonly Func<int, bool> _isLost;
    private readonly Random _jitter;
    private readonly int _jitterMilliseconds;
    private readonly short[] _sound;
    private int _turn;
    private int _packets;

    private WholePath(int turns, bool redundancy, Func<int, bool> isLost, int seed, int jitterMilliseconds)
    {
        _sound = new short[turns * FrameSamples];
        _isLost = isLost;
        _jitter = new Random(seed);
        _jitterMilliseconds = jitterMilliseconds;
        _sessions = new AudioSessions(_context, this);
        (_said, _sent) = Transcode(redundancy);
        (_heard, _received) = Transcode(redundancy);
    }

    /// <summary>What is heard of a voice at 8 kHz; later than it by at most <see cref="MaxDelayMilliseconds"/>.</summary>
    public static short[] Run(short[] voice, bool redundancy, Func<int, bool> isLost, int seed, int jitterMilliseconds = MaxJitterMilliseconds)
    {
        // It is said twice: by the second time the buffers have settled, as they have a second or two into a call.
        int frames = voice.Length / FrameSamples;
        int after = MaxDelayMilliseconds / AudioLimits.FrameMilliseconds;
        WholePath path = new((2 * frames) + after, redundancy, isLost, seed, jitterMilliseconds);
        for (int i = 0; i < (2 * frames) + after; i++)
        {
            path.Tick(i < 2 * frames ? voice.AsSpan(i % frames * FrameSamples, FrameSamples) : default);
        }

        return path._sound[(frames * FrameSamples)..];
    }

    public bool SendOwn(MediaLeg leg, ReadOnlySpan<byte> packet)
    {
        if (ReferenceEquals(leg, _sent))
        {
            if (!_isLost(_packets++))
            {
                _network.Enqueue(packet.ToArray(), _context.Now.Nanoseconds + (long)(_jitter.NextDouble() * _jitterMilliseconds * 1e6));
            }
        }
        else if (ReferenceEquals(leg, _heard))
        {
            for (int i = 0; i < FrameSamples; i++)
            {
                _sound[((_turn - 1) * FrameSamples) + i] = Pcmu.Decode(packet[RtpHeader.MinBytes + i]);
            }
        }

        return true;
    }

    private void Tick(ReadOnlySpan<short> voice)
    {
        if (!voice.IsEmpty)
        {
            byte[] packet = new byte[RtpHeader.MinBytes + FrameSamples];
            RtpHeader.Write(packet, 0, marker: false, (ushort)_turn, (uint)(_turn * FrameSamples), 1);
            Pcmu.Encode(voice, packet.AsSpan(RtpHeader.MinBytes));
            Deliver(_said, packet);
        }

        Timestamp tick = _context.Now + TimeSpan.FromMilliseconds(AudioLimits.FrameMilliseconds);
        while (_network.TryPeek(out byte[]? waiting, out long arrival) && arrival <= tick.Nanoseconds)
        {
            _network.Dequeue();
            _context.Now = new Timestamp(arrival);
            Deliver(_received, waiting);
        }

        _turn++;
        _context.Now = tick;
        _said.Audio!.Session.Tick(tick);
        _heard.Audio!.Session.Tick(tick);
    }

    private void Deliver(MediaLeg leg, byte[] packet)
    {
        if (!RtpPacket.TryParse(packet, out RtpPacket rtp) || !leg.Audio!.Receive(rtp, _context.Now))
        {
            throw new InvalidOperationException("The packet was not taken.");
        }
    }

    private (MediaLeg G711, MediaLeg Opus) Transcode(bool redundancy)
    {
        AudioFormatList g711 = default;
        g711.TryAdd(AudioFormat.Pcmu);
        AudioFormatList opus = default;
        opus.TryAdd(new AudioFormat(111, AudioCodec.Other, 48_000, 2), "opus"u8, redundancy ? "useinbandfec=1"u8 : "useinbandfec=0"u8);
        MediaLeg one = new() { Owner = new Terms(g711) };
        MediaLeg two = new() { Owner = new Terms(opus) };
        MediaLeg.Bridge(one, two);
        _sessions.Settle(one, two, transcode: true);
        return (one, two);
    }

    private sealed class Terms(AudioFormatList formats) : IAudioTermsSource
    {
        private readonly AudioFormatList _formats = formats;

        public bool TryGetTerms(MediaLeg leg, ref AudioTerms terms)
        {
            terms = new AudioTerms { Receive = _formats, Send = _formats, MayBeSent = true };
            return true;
        }
    }
}
