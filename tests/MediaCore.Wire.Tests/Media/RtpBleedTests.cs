using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>Somebody sprays all media ports while a call is set up, before any party has sent a packet (RTP bleed, AC-31 and AC-32).</summary>
public class RtpBleedTests
{
    private const int Ports = 40;
    private const string OneShard = "\"engine\": { \"shards\": 1 }";
    private const uint SprayersSource = 99;

    /// <summary>What a learned source may get through on plain RTP in the whole life of a leg, EnableSecurity's pass mark.</summary>
    private const int MaxLeaked = 5;

    [Fact]
    public async Task PlainRtp_AtMostFivePacketsGetThrough_AndTheCallIsHeard()
    {
        int first = FreePorts.NextRange(Ports);
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: OneShard, mediaPorts: Ports, firstMediaPort: first);
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        using Sprayer sprayer = new(first);
        sprayer.Sweep(10);
        SipDialog dialog = await sbc.ConnectMediaAsync(caller, callee);

        // A steady stream to every port, as a phone would send: until the server has taken all of it.
        sprayer.Sweep(50);
        await WaitUntilTakenAsync(sbc.Server);
        Task talk = RtpEndpoint.SpeakAsync([caller, callee], 150);
        await Eventually.IsAsync(() => (caller.CountFrom(2), callee.CountFrom(1)), static n => n.Item1 > 25 && n.Item2 > 25, "both heard");
        sprayer.Sweep(50);
        await talk;
        await Eventually.IsAsync(() => (caller.CountFrom(2), callee.CountFrom(1)), static n => n == (150, 150), "all that was said");
        await WaitUntilTakenAsync(sbc.Server);
        Assert.InRange(caller.CountFrom(SprayersSource), 0, MaxLeaked);
        Assert.InRange(callee.CountFrom(SprayersSource), 0, MaxLeaked);
        IReadOnlyList<string> back = sprayer.TakeHeard();
        Assert.True(back.Count <= MaxLeaked, $"the sprayer heard {back.Count} packets:\n{string.Join('\n', back)}");
        caller.AssertHeardTone(1000);
        callee.AssertHeardTone(450);
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
    }

    /// <summary>The caller has keys and says nothing: whatever the callee hears would be the sprayer's.</summary>
    [Fact]
    public async Task Srtp_NothingGetsThrough()
    {
        int first = FreePorts.NextRange(Ports);
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: OneShard, mediaPorts: Ports, firstMediaPort: first, trunk: "\"srtp\": \"accept\"");
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        using Sprayer sprayer = new(first);
        SipDialog dialog = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        dialog.SendInvite(SdpText.Audio(caller.Port).Replace("RTP/AVP 0\r\n", "RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n", StringComparison.Ordinal));
        SipText invite = await sbc.Carrier.ExpectRequestAsync("INVITE");
        SipDialog far = SipDialog.From(sbc.Carrier, invite);
        far.Answer(SdpText.Audio(callee.Port));
        SipText answer = await dialog.ExpectInviteResponseAsync();
        Assert.Contains("RTP/SAVP 0", answer.Body, StringComparison.Ordinal);
        dialog.SendAck();
        await far.ExpectRequestAsync("ACK");
        sprayer.SweepOnly(answer.AudioPort, 200);
        await Eventually.IsAsync(
            () => sbc.Server.ReadMetricAsync("mediacore_rtp_packets_dropped_total{reason=\"unauthenticated\"}"), static n => n >= 200, "all of it is refused");
        Assert.Equal(0, callee.Received);
        Assert.Empty(sprayer.TakeHeard());
        Assert.Equal(200, (await dialog.HangUpAsync()).Status);
        Assert.Equal(0, sbc.OnlyRecord().GetProperty("legs")[1].GetProperty("sent").GetProperty("packets").GetInt32());
    }

    private static async Task WaitUntilTakenAsync(MediaCoreServer server)
    {
        await Eventually.IsAsync(() => QueuedBytes(server), static queued => queued == 0, "the sprayer's packets are read");
    }

    /// <summary>Bytes that wait in the receive queues of the server's UDP sockets, as the kernel's list has them.</summary>
    private static long QueuedBytes(MediaCoreServer server)
    {
        HashSet<string> own = [];
        foreach (string descriptor in Directory.GetFiles($"/proc/{server.Process.Id}/fd"))
        {
            own.Add(new FileInfo(descriptor).LinkTarget ?? "");
        }

        return File.ReadLines("/proc/net/udp").Skip(1).Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => own.Contains($"socket:[{fields[9]}]")).Sum(static fields => Convert.ToInt64(fields[4].Split(':')[1], 16));
    }

    /// <summary>An attacker at another address: whole packets of sound, in order, to each even port.</summary>
    private sealed class Sprayer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly byte[] _packet = new byte[172];
        private readonly int _first;
        private ushort _sequenceNumber;

        public Sprayer(int first)
        {
            _first = first;
            _socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.66"), 0));
            _socket.Blocking = false;
            _packet[0] = 0x80;
            BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), SprayersSource);
        }

        /// <summary>What came back to it, each packet as where it came from and its header.</summary>
        public IReadOnlyList<string> TakeHeard()
        {
            byte[] buffer = new byte[2048];
            List<string> heard = [];
            while (_socket.Available > 0)
            {
                EndPoint source = new IPEndPoint(IPAddress.Any, 0);
                int length = _socket.ReceiveFrom(buffer, ref source);
                heard.Add($"{source}: {Convert.ToHexString(buffer, 0, Math.Min(length, 12))}");
            }

            return heard;
        }

        public void Sweep(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                Next();
                for (int port = _first; port < _first + Ports; port += 2)
                {
                    _socket.SendTo(_packet, new IPEndPoint(IPAddress.Loopback, port));
                }
            }
        }

        public void SweepOnly(int port, int packets)
        {
            for (int i = 0; i < packets; i++)
            {
                Next();
                _socket.SendTo(_packet, new IPEndPoint(IPAddress.Loopback, port));
            }
        }

        public void Dispose() => _socket.Dispose();

        private void Next()
        {
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequenceNumber);
            BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), (uint)(160 * _sequenceNumber++));
        }
    }
}
