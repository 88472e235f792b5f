using System.Buffers.Binary;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Rtp.Srtp;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A peer's SRTP: its keys in its descriptions, ours out of them, and its RTP socket with both.</summary>
internal sealed class PeerSecurity(Peer peer, ushort port, byte seed = 1) : IDisposable
{
    private readonly uint _ssrc = (uint)(port << 8) + peer.Name[0];
    private byte _seed = seed;
    private SrtpSender? _sender;
    private SrtpReceiver? _receiver;
    private ushort _sequenceNumber = 1000;
    private int _seen;

    public NetworkEndpoint Endpoint { get; } = World.Endpoint(peer.Host, port);

    /// <summary>The suite of its lines.</summary>
    public string Suite { get; set; } = "AES_CM_128_HMAC_SHA1_80";

    public SrtpProfile Profile => Suite switch
    {
        "AES_CM_128_HMAC_SHA1_80" => SrtpProfile.AesCm128HmacSha1Tag80,
        "AES_CM_128_HMAC_SHA1_32" => SrtpProfile.AesCm128HmacSha1Tag32,
        "AES_256_CM_HMAC_SHA1_80" => SrtpProfile.AesCm256HmacSha1Tag80,
        "AEAD_AES_128_GCM" => SrtpProfile.AeadAes128Gcm,
        _ => SrtpProfile.AeadAes256Gcm,
    };

    private int KeyBytes => Suite.Contains("256", StringComparison.Ordinal) ? 32 : 16;

    private int SaltBytes => Suite.Contains("GCM", StringComparison.Ordinal) ? 12 : 14;

    /// <summary>Its key and salt as text.</summary>
    public string KeyText => Convert.ToBase64String(KeyAndSalt);

    private byte[] KeyAndSalt => [.. Enumerable.Range(0, KeyBytes + SaltBytes).Select(i => (byte)((i * 7) + (_seed * 31)))];

    /// <summary>A key that it has not used.</summary>
    public void ChangeKey()
    {
        _seed++;
        _sender?.ChangeKey(Profile, KeyAndSalt.AsSpan(0, KeyBytes), KeyAndSalt.AsSpan(KeyBytes));
    }

    /// <summary>A description with its line.</summary>
    public string Describe(string protocol = "RTP/SAVP", int tag = 1, string direction = "sendrecv") =>
        PeerSdp.Audio(peer, port, direction, extraMedia: $"a=crypto:{tag} {Suite} inline:{KeyText}\r\n").Replace("RTP/AVP", protocol, StringComparison.Ordinal);

    /// <summary>Takes our key out of a description of ours; its tag and suite.</summary>
    public (int Tag, string Suite) Learn(SipText message)
    {
        string[] parts = LinesOf(message).First(l => l.Contains(" " + Suite + " ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(Suite, parts[1]);
        byte[] key = Convert.FromBase64String(parts[2]["inline:".Length..]);
        if (_receiver is null)
        {
            _receiver = new SrtpReceiver(Profile, key.AsSpan(0, KeyBytes), key.AsSpan(KeyBytes));
        }
        else
        {
            _receiver.ChangeKey(Profile, key.AsSpan(0, KeyBytes), key.AsSpan(KeyBytes));
        }

        return (int.Parse(parts[0]), parts[1]);
    }

    /// <summary>Values of the <c>a=crypto</c> lines of a description.</summary>
    public static string[] LinesOf(SipText message) =>
        [.. message.Body.Split("\r\n").Where(static l => l.StartsWith("a=crypto:", StringComparison.Ordinal)).Select(static l => l["a=crypto:".Length..])];

    /// <summary>Sends a packet with this text.</summary>
    public void Send(int toPort, string text)
    {
        _sender ??= new SrtpSender(Profile, KeyAndSalt.AsSpan(0, KeyBytes), KeyAndSalt.AsSpan(KeyBytes));
        byte[] packet = new byte[12 + text.Length + _sender.RtpTrailerBytes];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        Encoding.ASCII.GetBytes(text, packet.AsSpan(12));
        Assert.Equal(SrtpStatus.Ok, _sender.Protect(packet, 12 + text.Length, out int length));
        Assert.Equal(packet.Length, length);
        peer.World.Advance(0.02);
        peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
    }

    /// <summary>Texts of the packets that have come since the last call, each authentic.</summary>
    public string[] Hear() => HearLast(int.MaxValue);

    /// <summary>The same for the last ones of them alone.</summary>
    public string[] HearLast(int packets)
    {
        byte[][] all = [.. peer.World.MediaSent.Where(m => m.To == Endpoint).Select(static m => m.Packet)];
        byte[][] news = [.. all[_seen..].TakeLast(packets)];
        _seen = all.Length;
        return [.. news.Select(packet =>
        {
            byte[] copy = [.. packet];
            Assert.Equal(SrtpStatus.Ok, _receiver!.Unprotect(copy, out int length));
            return Encoding.ASCII.GetString(copy.AsSpan(12, length - 12));
        })];
    }

    public void Dispose()
    {
        _sender?.Dispose();
        _receiver?.Dispose();
    }
}
