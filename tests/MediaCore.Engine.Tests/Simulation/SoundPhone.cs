using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tones;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;
using System.Text;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A phone that sends coded sound and keeps what it hears, decoded. Formats are written <c>0 PCMU/8000</c>, <c>96 opus/48000/2 useinbandfec=1</c>, <c>101 telephone-event/8000</c>.</summary>
internal sealed class SoundPhone : IAudioTermsSource, IDisposable
{
    private readonly SoundWorld _world;
    private readonly List<short> _heard = [];
    private readonly List<(byte PayloadType, string Digit)> _digits = [];
    private TelephoneEventReceiver _events;
    private readonly Dictionary<byte, IAudioDecoder> _decoders = [];
    private AudioFormatList _formats;
    private CodecDescriptor _codec = null!;
    private IAudioEncoder? _encoder;
    private byte _payloadType;
    private ushort _sequence = 65_500;
    private uint _timestamp = 4_294_960_000;
    private Func<long, short>? _sound;
    private long _position;
    private uint _ssrc;
    private byte[] _last = [];

    public SoundPhone(SoundWorld world, int number, string[] formats)
    {
        _world = world;
        Endpoint = World.Endpoint($"198.51.100.{10 + number}", 4000);
        Leg = new MediaLeg { Owner = this };
        _ssrc = (uint)(number + 1) * 0x01010101;
        Negotiate(formats);
    }

    public NetworkEndpoint Endpoint { get; }

    public MediaLeg Leg { get; }

    /// <summary>Milliseconds in a packet of what it sends.</summary>
    public int PacketMilliseconds { get; set; } = 20;

    /// <summary>The packet time that it asks for; 0 for none.</summary>
    public int AskedMilliseconds { get; set; }

    public bool HoldsUs { get; set; }

    /// <summary>Milliseconds that a packet takes, by its number; null: it is lost.</summary>
    public Func<int, double?> Network { get; set; } = static _ => 0;

    /// <summary>By how many parts per million its clock is fast.</summary>
    public double ClockErrorPpm { get; set; }

    /// <summary>Packets sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Packets that came.</summary>
    public List<(byte PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Ssrc, int Bytes, Timestamp At)> Packets { get; } = [];

    /// <summary>Payloads of the comfort noise that came.</summary>
    public List<byte[]> Noise { get; } = [];

    /// <summary>The last telephone event that came.</summary>
    public TelephoneEvent LastEvent { get; private set; }

    /// <summary>Length of the last one that ended, in units of its clock.</summary>
    public uint LastUnits { get; private set; }

    /// <summary>Digits of the telephone events that came since the last call.</summary>
    public string[] TakeDigits(byte payloadType)
    {
        string[] all = [.. _digits.Where(d => d.PayloadType == payloadType).Select(static d => d.Digit)];
        _digits.Clear();
        return all;
    }

    /// <summary>Rate of what is heard.</summary>
    public int HeardRateHz { get; private set; } = 8000;

    /// <summary>What it has heard since the last call.</summary>
    public short[] TakeHeard()
    {
        short[] all = [.. _heard];
        _heard.Clear();
        return all;
    }

    /// <summary>Describes itself anew; the graph is told by <see cref="SoundWorld.Connect"/>.</summary>
    public void Negotiate(params string[] formats)
    {
        _formats = default;
        foreach (string text in formats)
        {
            string[] parts = text.Split(' ');
            string[] map = parts[1].Split('/');
            uint clock = uint.Parse(map[1], System.Globalization.CultureInfo.InvariantCulture);
            AudioCodec codec = map[0] switch { "PCMU" => AudioCodec.Pcmu, "PCMA" => AudioCodec.Pcma, "telephone-event" => AudioCodec.TelephoneEvent, "CN" => AudioCodec.ComfortNoise, _ => AudioCodec.Other };
            byte channels = map.Length > 2 ? (byte)2 : (byte)1;
            byte payloadType = byte.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(_formats.TryAdd(new AudioFormat(payloadType, codec, clock, channels), Encoding.ASCII.GetBytes(map[0]), Encoding.ASCII.GetBytes(parts.Length > 2 ? parts[2] : "")));
        }

        Use(0);
    }

    /// <summary>Sends in another of its formats from now on.</summary>
    public void Use(int format)
    {
        _codec = AudioFormatCodec.Find(_formats, format)!;
        _payloadType = _formats[format].PayloadType;
        _encoder?.Dispose();
        _encoder = null;
    }

    public bool HasCommonFormat(SoundPhone other)
    {
        for (int i = 0; i < _formats.Count; i++)
        {
            if (_formats[i].IsVoice && other._formats.TryFindSame(_formats, i, out _))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryGetTerms(MediaLeg leg, ref AudioTerms terms)
    {
        terms.Receive = terms.Send = _formats;
        terms.PacketMilliseconds = AskedMilliseconds;
        terms.MayBeSent = !HoldsUs;
        return true;
    }

    /// <summary>Says a sine from now on; 0 Hz for nothing.</summary>
    public void Say(double hertz, double amplitude = 8000) => Say(hertz == 0 ? null : position => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * position / RateHz)));

    /// <summary>Says samples by their number, at <see cref="RateHz"/>; null: stops sending.</summary>
    public void Say(Func<long, short>? sound)
    {
        bool wasSilent = _sound is null;
        _sound = sound;
        if (wasSilent && sound is not null)
        {
            SendNext();
        }
    }

    /// <summary>Samples per second of what it says.</summary>
    public int RateHz => _codec.SampleRateHz;

    /// <summary>Another stream from here on.</summary>
    public void ChangeSsrc()
    {
        _ssrc += 7;
        _sequence += 20_000;
        _timestamp += 1_000_000;
    }

    /// <summary>RTP timestamp of its next packet.</summary>
    public uint Timestamp => _timestamp;

    /// <summary>Sends one packet with a payload of the test's.</summary>
    public void SendRaw(byte payloadType, bool marker, uint timestamp, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[RtpHeader.MinBytes + payload.Length];
        RtpHeader.Write(packet, payloadType, marker, _sequence++, timestamp, _ssrc);
        payload.CopyTo(packet.AsSpan(RtpHeader.MinBytes));
        Deliver(packet);
    }

    /// <summary>Its last packet again, as the next one: without any cost of the test's own.</summary>
    public void Replay()
    {
        RtpHeader.Write(_last, (byte)(_last[1] & 0x7f), false, _sequence++, _timestamp, _ssrc);
        _timestamp += (uint)(_codec.RtpClockHz / 1000 * PacketMilliseconds);
        _world.Relay.HandlePacket(Leg.Port!, _last, isRtcp: false, Endpoint);
    }

    /// <summary>A packet has come from the relay.</summary>
    public void Hear(ReadOnlySpan<byte> datagram)
    {
        Assert.True(RtpPacket.TryParse(datagram, out RtpPacket packet));
        Packets.Add((packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Payload.Length, _world.Now));
        Assert.True(_formats.TryFind(packet.PayloadType, out int index), $"payload type {packet.PayloadType} was not negotiated");
        if (_formats[index].Codec == AudioCodec.ComfortNoise)
        {
            Noise.Add(packet.Payload.ToArray());
            return;
        }

        if (!_formats[index].IsVoice)
        {
            HearEvent(packet);
            return;
        }

        if (!_decoders.TryGetValue(packet.PayloadType, out IAudioDecoder? decoder))
        {
            _decoders[packet.PayloadType] = decoder = AudioFormatCodec.Find(_formats, index)!.CreateDecoder();
        }

        short[] samples = new short[12_000];
        Assert.True(decoder.TryDecode(packet.Payload, samples, out int count));
        HeardRateHz = decoder.SampleRateHz;
        _heard.AddRange(samples.AsSpan(0, count));
    }

    private void HearEvent(in RtpPacket packet)
    {
        TelephoneEventReport report = _events.Receive(packet.Timestamp, packet.Ssrc, packet.Payload, _world.Now);
        LastEvent = TelephoneEvent.TryParse(packet.Payload, out TelephoneEvent last) ? last : LastEvent;
        LastUnits = report.HasEnded ? report.DurationUnits : LastUnits;
        if (report.HasStarted)
        {
            _digits.Add((packet.PayloadType, TelephoneEvent.ToDigit(report.Code).ToString()));
        }
    }

    /// <summary>Whether the last of what was heard is this tone; cleared.</summary>
    public void AssertHears(double hertz)
    {
        short[] heard = TakeHeard();
        Assert.True(heard.Length >= HeardRateHz / 2, $"{heard.Length} samples were heard");
        ReadOnlySpan<short> last = heard.AsSpan(heard.Length - (HeardRateHz / 4));
        Assert.True(Goertzel.IsTone(last, hertz, HeardRateHz, -20), $"{hertz} Hz is at {Goertzel.LevelDbm0(last, hertz, HeardRateHz):F1} of {Goertzel.TotalLevelDbm0(last):F1} dBm0");
    }

    public void Dispose()
    {
        _encoder?.Dispose();
        foreach (IAudioDecoder decoder in _decoders.Values)
        {
            decoder.Dispose();
        }
    }

    private void SendNext()
    {
        if (_sound is null)
        {
            return;
        }

        _encoder ??= _codec.CreateEncoder(0, PacketMilliseconds);
        short[] samples = new short[_encoder.FrameSamples];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = _sound(_position++);
        }

        byte[] packet = new byte[2000];
        int bytes = _encoder.Encode(samples, packet.AsSpan(RtpHeader.MinBytes));
        RtpHeader.Write(packet, _payloadType, Sent == 0, _sequence++, _timestamp, _ssrc);
        _timestamp += (uint)_codec.ToUnits(samples.Length, _codec.SampleRateHz);
        _last = packet.AsSpan(0, RtpHeader.MinBytes + bytes).ToArray();
        Deliver([.. _last]);
        double milliseconds = PacketMilliseconds / (1 + (ClockErrorPpm / 1e6));
        _world.At(_world.Now + TimeSpan.FromMilliseconds(milliseconds), SendNext);
    }

    private void Deliver(byte[] packet)
    {
        if (Network(Sent++) is not { } delay)
        {
            return;
        }

        _world.At(_world.Now + TimeSpan.FromMilliseconds(delay), () =>
        {
            if (Leg.Port is { } port)
            {
                _world.Relay.HandlePacket(port, packet, isRtcp: false, Endpoint);
            }
        });
    }
}
