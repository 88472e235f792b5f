using System.Buffers.Binary;
using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tones;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A peer's RTP socket: sends a stream to one of our ports and sees what comes back.</summary>
internal sealed class PeerMedia(Peer peer, ushort port)
{
    private readonly uint _ssrc = (uint)(port << 8) + peer.Name[0];
    private ushort _sequenceNumber = 1000;
    private int _seen;

    public NetworkEndpoint Endpoint { get; } = World.Endpoint(peer.Host, port);

    public uint Ssrc => _ssrc;

    /// <summary>The next packets are lost on the way.</summary>
    public void Skip(int packets) => _sequenceNumber += (ushort)packets;

    /// <summary>Sends packets, 20 ms apart (or at once with those of another, without time between them), filled with a code: by default something to hear.</summary>
    public void Send(int toPort, byte payloadType, int packets = 1, byte code = 0, int milliseconds = 20)
    {
        for (int i = 0; i < packets; i++)
        {
            byte[] packet = new byte[172];
            packet[0] = 0x80;
            packet[1] = payloadType;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
            packet.AsSpan(12).Fill(code);
            peer.World.Advance(milliseconds / 1000.0);
            peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
        }
    }

    /// <summary>Sends 20 ms of a tone as PCMU, at the present time.</summary>
    public void SendTone(int toPort, double hertz)
    {
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        for (int i = 0; i < 160; i++)
        {
            packet[12 + i] = MediaCore.Audio.G711.Pcmu.Encode((short)(8000 * Math.Sin(2 * Math.PI * hertz * ((_sequenceNumber * 160) + i) / 8000)));
        }

        peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
    }

    /// <summary>The sound of the last packets that came here, as PCMU.</summary>
    public short[] HearSound(int packets)
    {
        short[] sound = new short[packets * 160];
        byte[][] last = [.. peer.World.MediaSent.Where(m => m.To == Endpoint).Select(static m => m.Packet).TakeLast(packets)];
        for (int i = 0; i < last.Length; i++)
        {
            _ = MediaCore.Audio.G711.Pcmu.Decode(last[i].AsSpan(12), sound.AsSpan(i * 160, 160));
        }

        return sound;
    }

    /// <summary>Sends a comfort noise packet (RFC 3389).</summary>
    public void SendNoise(int toPort)
    {
        byte[] packet = new byte[13];
        (packet[0], packet[1], packet[12]) = (0x80, 13, 60);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
    }

    /// <summary>Says a tone in packets of 20 ms, coded.</summary>
    public void Say(int toPort, CodecDescriptor codec, byte payloadType, double hertz, int packets = 100)
    {
        using IAudioEncoder encoder = codec.CreateEncoder();
        short[] samples = new short[encoder.FrameSamples];
        for (int i = 0; i < packets; i++)
        {
            for (int k = 0; k < samples.Length; k++)
            {
                samples[k] = (short)(8000 * Math.Sin(2 * Math.PI * hertz * ((i * samples.Length) + k) / encoder.SampleRateHz));
            }

            byte[] packet = new byte[1500];
            int bytes = encoder.Encode(samples, packet.AsSpan(12));
            packet[0] = 0x80;
            packet[1] = payloadType;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(_sequenceNumber * codec.ToUnits(samples.Length, encoder.SampleRateHz)));
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
            peer.World.Advance(0.02);
            peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet.AsSpan(0, 12 + bytes).ToArray());
        }
    }

    /// <summary>What has come here since the last call is this tone in this codec, at its end.</summary>
    public void AssertHears(CodecDescriptor codec, byte payloadType, double hertz)
    {
        byte[][] all = [.. peer.World.MediaSent.Where(m => m.To == Endpoint && (m.FromPort & 1) == 0).Select(static m => m.Packet)];
        byte[][] news = all[_seen..];
        _seen = all.Length;
        Assert.True(news.Length >= 25, $"{news.Length} packets have come");
        Assert.All(news[^25..], packet => Assert.Equal(payloadType, (byte)(packet[1] & 0x7f)));
        using IAudioDecoder decoder = codec.CreateDecoder();
        List<short> heard = [];
        short[] samples = new short[6000];
        foreach (byte[] packet in news[^25..])
        {
            Assert.True(decoder.TryDecode(packet.AsSpan(12), samples, out int count));
            heard.AddRange(samples.AsSpan(0, count));
        }

        short[] last = [.. heard[^(decoder.SampleRateHz / 4)..]];
        Assert.True(Goertzel.IsTone(last, hertz, decoder.SampleRateHz, -20), $"{hertz} Hz is at {Goertzel.LevelDbm0(last, hertz, decoder.SampleRateHz):F1} of {Goertzel.TotalLevelDbm0(last):F1} dBm0");
    }

    /// <summary>Payload types of the packets that have come here since the last call.</summary>
    public int[] Hear()
    {
        int[] all = [.. peer.World.MediaSent.Where(m => m.To == Endpoint).Select(static m => m.Packet[1] & 0x7f)];
        int[] news = all[_seen..];
        _seen = all.Length;
        return news;
    }
}
