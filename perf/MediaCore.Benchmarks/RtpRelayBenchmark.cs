using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Srtp;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Benchmarks;

/// <summary>
/// One packet of a plain call through the whole relay path over loopback sockets: receive, accept the source, count, send. The figure contains the
/// sender's and the receiver's system calls too; perf/compare/rtp.sh measures the server alone.
/// </summary>
[MemoryDiagnoser]
public sealed class RtpRelayBenchmark : IDisposable
{
    private const int PacketBytes = 172;

    private readonly EventPoller _poller = new();
    private readonly MediaPortPool _ports;
    private readonly ReadyEvent[] _events = new ReadyEvent[EventPoller.MaxEventsPerWait];
    private readonly ShardContext _context = CallScenario.CreateContext();
    private readonly RtpRelay _relay;
    private readonly MediaLeg _caller = new();
    private readonly MediaLeg _callee = new();
    private readonly UdpSocket _phone = UdpSocket.Bind(CallScenario.Loopback(0), new UdpSocketOptions());
    private readonly UdpSocket _carrier = UdpSocket.Bind(CallScenario.Loopback(0), new UdpSocketOptions());
    private readonly byte[] _packet = new byte[PacketBytes];
    private readonly byte[] _received = new byte[RtpRelay.MaxPacketBytes];
    private readonly SrtpReceiver? _opener;
    private ushort _sequence;

    public RtpRelayBenchmark()
        : this(secured: false)
    {
    }

    /// <param name="secured">Whether the carrier's side has SRTP.</param>
    internal RtpRelayBenchmark(bool secured)
    {
        _relay = new RtpRelay(_context);
        _ports = CallScenario.CreatePorts(_poller);
        Open(_caller, _phone);
        Open(_callee, _carrier);
        MediaLeg.Bridge(_caller, _callee);
        if (secured)
        {
            SrtpParameters parameters = SrtpParameters.Of(SrtpProfile.AesCm128HmacSha1Tag80);
            byte[] key = new byte[parameters.KeyBytes];
            byte[] salt = new byte[parameters.SaltBytes];
            _callee.Secure().Send(SrtpProfile.AesCm128HmacSha1Tag80, key, salt);
            _opener = new SrtpReceiver(SrtpProfile.AesCm128HmacSha1Tag80, key, salt);
        }

        _packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), 0x1234_5678);
    }

    /// <summary>Packets relayed so far.</summary>
    internal long Relayed => _context.Statistics.RtpRelayed;

    /// <summary>A packet from the phone to the carrier; false when it did not come through as it was sent.</summary>
    [Benchmark]
    public bool Packet()
    {
        _context.Now += TimeSpan.FromMilliseconds(20);
        _sequence++;
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), (uint)_sequence * 160);
        if (_phone.TrySend(_packet, _caller.Port!.LocalRtp) != SendResult.Sent)
        {
            return false;
        }

        int ready = _poller.Wait(_events, 1000);
        for (int i = 0; i < ready; i++)
        {
            _relay.HandleReadable(_ports[(int)_events[i].Index], isRtcp: false);
        }

        return _carrier.TryReceive(_received, out int length, out NetworkEndpoint source)
            && (_opener is null || _opener.Unprotect(_received.AsSpan(0, length), out length) == SrtpStatus.Ok)
            && source == _callee.Port!.LocalRtp
            && _received.AsSpan(0, length).SequenceEqual(_packet);
    }

    public void Dispose()
    {
        _opener?.Dispose();
        _phone.Dispose();
        _carrier.Dispose();
        _ports.Dispose();
        _poller.Dispose();
    }

    private void Open(MediaLeg leg, UdpSocket peer)
    {
        if (_ports.TryAllocate(_context.Now, out MediaPort? port) != MediaPortResult.Ok)
        {
            throw new InvalidOperationException("There is no media port.");
        }

        leg.Open(port!, _context.Now);
        leg.Expect(peer.LocalEndpoint, default);
    }
}

/// <summary>One RTP packet through real sockets.</summary>
internal sealed class RtpRelayAllocation : IAllocationSubject
{
    private readonly RtpRelayBenchmark _benchmark = new();

    public string Name => "RtpRelay.Packet";

    public void Run()
    {
        long before = _benchmark.Relayed;
        if (!_benchmark.Packet() || _benchmark.Relayed != before + 1)
        {
            throw new InvalidOperationException("The packet did not come through.");
        }
    }
}

/// <summary>One RTP packet that leaves as SRTP, through real sockets.</summary>
internal sealed class RtpRelaySrtpAllocation : IAllocationSubject
{
    private readonly RtpRelayBenchmark _benchmark = new(secured: true);

    public string Name => "RtpRelay.SrtpPacket";

    public void Run()
    {
        long before = _benchmark.Relayed;
        if (!_benchmark.Packet() || _benchmark.Relayed != before + 1)
        {
            throw new InvalidOperationException("The packet did not come through.");
        }
    }
}
