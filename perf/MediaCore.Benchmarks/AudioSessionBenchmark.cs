using BenchmarkDotNet.Attributes;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Sdp;

namespace MediaCore.Benchmarks;

/// <summary>20 ms of calls whose sound is decoded: a packet of each party comes, the session is ticked, the packets that it makes are counted. Without sockets.</summary>
[MemoryDiagnoser]
public class AudioSessionBenchmark
{
    private readonly DecodedParties _transcoding = DecodedParties.Transcode([(byte)0], [(byte)111]);
    private readonly DecodedParties _alternating = DecodedParties.Transcode([(byte)111, (byte)0, (byte)9], [(byte)111], alternates: true);
    private readonly DecodedParties _conference = DecodedParties.Confer(members: 10);

    [Benchmark(Baseline = true)]
    public long PcmuAndOpus() => _transcoding.Tick();

    /// <summary>One side is sent Opus and changes between PCMU and G.722 with every packet, so that two rates have to be changed to a third in turns.</summary>
    [Benchmark]
    public long TwoInTurnsAndOpus() => _alternating.Tick();

    /// <summary>Ten members with PCMU and Opus, of whom three talk.</summary>
    [Benchmark]
    public long ConferenceOfTen() => _conference.Tick();
}

/// <summary>Parties of one session with what they send; counts what they are sent.</summary>
internal sealed class DecodedParties : IAudioSender
{
    private const int Packets = 50;

    private readonly ShardContext _context = CallScenario.CreateContext();
    private readonly List<Sender> _senders = [];
    private readonly AudioSessions _sessions;
    private long _sent;
    private int _turn;

    private DecodedParties() => _sessions = new AudioSessions(_context, this);

    /// <summary>Two who transcode, each sent its first format and sending the same.</summary>
    /// <param name="one">Payload types of the one.</param>
    /// <param name="two">Those of the other.</param>
    /// <param name="alternates">The one sends its others, in turns.</param>
    public static DecodedParties Transcode(byte[] one, byte[] two, bool alternates = false)
    {
        DecodedParties parties = new();
        MediaLeg first = parties.Add(one, talks: true, alternates);
        MediaLeg second = parties.Add(two, talks: true);
        MediaLeg.Bridge(first, second);
        parties._sessions.Settle(first, second, transcode: true);
        return parties;
    }

    /// <summary>Members of one room, every second with Opus; the first three talk.</summary>
    public static DecodedParties Confer(int members)
    {
        DecodedParties parties = new();
        ShardConferences conferences = new(parties._sessions, new ConferenceRooms(1));
        for (int i = 0; i < members; i++)
        {
            MediaLeg leg = parties.Add([(byte)(i % 2 == 0 ? 0 : 111)], talks: i < 3);
            if (conferences.Join(leg, "room", new ConferenceOptions(), ConferenceRole.Member) != ConferenceResult.Joined)
            {
                throw new InvalidOperationException("The member was not let in.");
            }
        }

        return parties;
    }

    /// <summary>20 ms; how many packets have been sent so far.</summary>
    public long Tick()
    {
        _turn++;
        foreach (Sender sender in _senders)
        {
            sender.Send(_turn, _context.Now);
        }

        _context.Now += TimeSpan.FromMilliseconds(AudioLimits.FrameMilliseconds);
        _senders[0].Leg.Audio!.Session.Tick(_context.Now);
        return _sent;
    }

    public bool SendOwn(MediaLeg leg, ReadOnlySpan<byte> packet)
    {
        _sent++;
        return true;
    }

    private MediaLeg Add(byte[] payloadTypes, bool talks, bool alternates = false)
    {
        Sender sender = new(payloadTypes, talks, alternates);
        _senders.Add(sender);
        return sender.Leg;
    }

    /// <summary>A peer: its leg, what was negotiated with it, and a second of its packets in each of its formats.</summary>
    private sealed class Sender : IAudioTermsSource
    {
        private readonly byte[] _payloadTypes;
        private readonly bool _alternates;
        private readonly byte[][][] _payloads;
        private readonly byte[] _packet = new byte[512];

        public Sender(byte[] payloadTypes, bool talks, bool alternates)
        {
            _alternates = alternates;
            _payloadTypes = payloadTypes;
            _payloads = [.. payloadTypes.Select(type => Encode(CodecOf(type), talks))];
            Leg = new MediaLeg { Owner = this };
        }

        public MediaLeg Leg { get; }

        public bool TryGetTerms(MediaLeg leg, ref AudioTerms terms)
        {
            terms = default;
            foreach (byte type in _payloadTypes)
            {
                CodecDescriptor codec = CodecOf(type);
                _ = type == 0
                    ? terms.Receive.TryAdd(AudioFormat.Pcmu)
                    : terms.Receive.TryAdd(new AudioFormat(type, AudioCodec.Other, (uint)codec.RtpClockHz, type == 111 ? (byte)2 : (byte)1), type == 111 ? "opus"u8 : "G722"u8, default);
            }

            terms.Send = terms.Receive;
            terms.MayBeSent = true;
            return true;
        }

        public void Send(int turn, Timestamp now)
        {
            int format = _alternates ? 1 + (turn % (_payloadTypes.Length - 1)) : 0;
            byte[] payload = _payloads[format][turn % Packets];
            RtpHeader.Write(_packet, _payloadTypes[format], marker: false, (ushort)turn, (uint)(turn * CodecOf(_payloadTypes[format]).RtpClockHz / 50), 0x1234_5678);
            payload.CopyTo(_packet.AsSpan(RtpHeader.MinBytes));
            if (!RtpPacket.TryParse(_packet.AsSpan(0, RtpHeader.MinBytes + payload.Length), out RtpPacket rtp) || Leg.Audio?.Receive(rtp, now) != true)
            {
                throw new InvalidOperationException("The packet was not taken.");
            }
        }

        private static CodecDescriptor CodecOf(byte payloadType) => payloadType switch
        {
            0 => CodecDescriptor.Pcmu,
            9 => CodecDescriptor.G722,
            _ => CodecDescriptor.Opus,
        };

        private static byte[][] Encode(CodecDescriptor codec, bool talks)
        {
            int rate = codec.SampleRateHz;
            short[] sound = talks ? Signals.Syllables(rate, rate) : new short[rate];
            using IAudioEncoder encoder = codec.CreateEncoder(rate);
            byte[] buffer = new byte[1500];
            return [.. Enumerable.Range(0, Packets).Select(i => buffer[..encoder.Encode(sound.AsSpan(i * encoder.FrameSamples, encoder.FrameSamples), buffer)])];
        }
    }
}

/// <summary>20 ms of a call between PCMU and Opus.</summary>
internal sealed class TranscodingAllocation : IAllocationSubject
{
    private readonly DecodedParties _parties = DecodedParties.Transcode([(byte)0], [(byte)111]);
    private long _sent;

    public string Name => "AudioSession.Tick";

    public void Run() => DecodedTick.Run(_parties, ref _sent, packets: 2);
}

/// <summary>20 ms of a call one side of which changes its codec, and the rate of what is decoded, with every packet.</summary>
internal sealed class AlternatingAllocation : IAllocationSubject
{
    private readonly DecodedParties _parties = DecodedParties.Transcode([(byte)111, (byte)0, (byte)9], [(byte)111], alternates: true);
    private long _sent;

    public string Name => "AudioSession.TickOfAlternatingCodecs";

    public void Run() => DecodedTick.Run(_parties, ref _sent, packets: 2);
}

/// <summary>20 ms of a conference of ten, decoded, mixed and encoded.</summary>
internal sealed class ConferenceAllocation : IAllocationSubject
{
    private readonly DecodedParties _parties = DecodedParties.Confer(members: 10);
    private long _sent;

    public string Name => "Conference.Tick";

    public void Run() => DecodedTick.Run(_parties, ref _sent, packets: 10);
}

/// <summary>A tick whose packets are looked at: a budget of 0 bytes is easily kept by a session that does nothing.</summary>
internal static class DecodedTick
{
    // What goes out before the first packets have gone through the jitter buffers.
    private const int MaxSilentTicks = 50;

    public static void Run(DecodedParties parties, ref long sent, int packets)
    {
        long now = sent;
        for (int i = 0; i < MaxSilentTicks && now < sent + packets; i++)
        {
            now = parties.Tick();
        }

        sent = now >= sent + packets ? now : throw new InvalidOperationException("The parties were not sent their packets.");
    }
}
