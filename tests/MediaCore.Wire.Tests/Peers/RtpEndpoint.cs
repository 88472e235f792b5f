using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>An end of one RTP stream of G.711: speaks a tone, or what it is given, at 50 packets per second and keeps what it hears.</summary>
internal sealed class RtpEndpoint : IAsyncDisposable
{
    public const int SamplesPerPacket = 160;
    private const int HeaderBytes = 12;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1024 * 1024 };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<short> _heard = [];
    private readonly List<byte[]> _events = [];
    private readonly ConcurrentQueue<Packet> _instead = new();
    private readonly HashSet<ushort> _sequenceNumbers = [];
    private readonly Dictionary<uint, int> _sources = [];
    private readonly Lock _gate = new();
    private readonly Task _receiving;
    private readonly TaskCompletionSource _firstPacket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly short[] _tone;
    private readonly uint _source;
    private IPEndPoint? _learned;
    private ushort _sequenceNumber;
    private uint _timestamp;

    /// <param name="hertz">A multiple of 50, so that the tone goes on without a click from packet to packet.</param>
    public RtpEndpoint(int hertz, uint source = 0x1234_5678)
    {
        _source = source;
        _tone = [.. Enumerable.Range(0, SamplesPerPacket).Select(i => (short)(8000 * Math.Sin(2 * Math.PI * hertz * i / 8000)))];
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receiving = ReceiveAllAsync();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public int Sent { get; private set; }

    /// <summary>Where it sends; when not set, to where the first packet came from.</summary>
    public IPEndPoint? Remote { get; set; }

    /// <summary>What it speaks: 0 is PCMU, 8 PCMA. It understands both.</summary>
    public byte PayloadType { get; set; }

    public Task FirstPacket => _firstPacket.Task;

    /// <summary>Packets received, each sequence number once.</summary>
    public int Received
    {
        get
        {
            lock (_gate)
            {
                return _sequenceNumbers.Count;
            }
        }
    }

    /// <summary>Synchronization sources heard.</summary>
    public IReadOnlyCollection<uint> Sources
    {
        get
        {
            lock (_gate)
            {
                return [.. _sources.Keys];
            }
        }
    }

    /// <summary>Packets heard of one synchronization source, repeated ones too.</summary>
    public int CountFrom(uint source)
    {
        lock (_gate)
        {
            return _sources.GetValueOrDefault(source);
        }
    }

    /// <summary>All samples heard, in the order of arrival.</summary>
    public short[] Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>All packets heard that are no G.711, as telephone events, whole and in the order of arrival.</summary>
    public IReadOnlyList<byte[]> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The digits heard as telephone events (RFC 4733), one for each timestamp.</summary>
    public byte[] Digits => [.. Events.DistinctBy(static packet => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4))).Select(static packet => packet[HeaderBytes])];

    /// <summary>Speaks these samples in place of the tone, from the next packet on.</summary>
    public void Say(ReadOnlySpan<short> samples)
    {
        for (int at = 0; at + SamplesPerPacket <= samples.Length; at += SamplesPerPacket)
        {
            _instead.Enqueue(new Packet(null, samples.Slice(at, SamplesPerPacket).ToArray(), false, 0));
        }
    }

    /// <summary>Sends a telephone event (RFC 4733) in place of the tone, from the next packet on: its end three times.</summary>
    public void Press(byte payloadType, byte code, int packets)
    {
        for (int i = 0; i < packets + 2; i++)
        {
            bool isEnd = i >= packets - 1;
            int duration = Math.Min(i + 1, packets) * SamplesPerPacket;
            _instead.Enqueue(new Packet([code, (byte)(isEnd ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration], [], i == 0, i, payloadType));
        }
    }

    /// <summary>Sends one packet of the tone, or of what is to be sent in place of it.</summary>
    public void SendOne()
    {
        if ((Remote ?? Volatile.Read(ref _learned)) is not { } remote)
        {
            return;
        }

        Packet what = _instead.TryDequeue(out Packet? other) ? other : new Packet(null, _tone, false, 0);
        byte[] payload = what.Payload ?? [.. what.Samples.Select(sample => PayloadType == 8 ? Pcma.Encode(sample) : Pcmu.Encode(sample))];
        byte[] packet = new byte[HeaderBytes + payload.Length];
        packet[0] = 0x80;
        packet[1] = (byte)(what.PayloadType ?? PayloadType);
        packet[1] |= (byte)(what.Marker ? 0x80 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequenceNumber++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _timestamp - (uint)(what.PacketsSinceStart * SamplesPerPacket));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _source);
        _timestamp += SamplesPerPacket;
        payload.CopyTo(packet, HeaderBytes);
        _socket.SendTo(packet, remote);
        Sent++;
    }

    public void SendRaw(ReadOnlySpan<byte> packet, IPEndPoint remote) => _socket.SendTo(packet, remote);

    /// <summary>Lets endpoints speak in step, each so many packets at 20 ms; late ticks are made up for, as a real sender's clock does.</summary>
    public static async Task SpeakAsync(IReadOnlyList<RtpEndpoint> endpoints, int packets, CancellationToken cancellation = default)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        long start = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < packets;)
        {
            int due = Math.Min(packets, 1 + (int)(Stopwatch.GetElapsedTime(start).TotalMilliseconds / 20));
            for (; sent < due; sent++)
            {
                foreach (RtpEndpoint endpoint in endpoints)
                {
                    endpoint.SendOne();
                }
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Fails unless this endpoint heard the tone, and nothing but it, in the middle of what it heard.</summary>
    public void AssertHeardTone(int hertz) => AssertTone(Heard, hertz);

    public static void AssertTone(short[] samples, int hertz)
    {
        // The first and the last moments may hold silence or a cut packet.
        Assert.True(samples.Length >= 8000, $"only {samples.Length} samples were heard");
        ReadOnlySpan<short> middle = samples.AsSpan(samples.Length / 2 - 2000, 4000);
        double level = Goertzel.LevelDbm0(middle, hertz);
        Assert.True(Goertzel.IsTone(middle, hertz), $"{hertz} Hz has {level:F1} dBm0 of {Goertzel.TotalLevelDbm0(middle):F1} dBm0");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveAllAsync()
    {
        byte[] buffer = new byte[2048];
        IPEndPoint any = new(IPAddress.Any, 0);
        while (true)
        {
            SocketReceiveFromResult result;
            try
            {
                result = await _socket.ReceiveFromAsync(buffer, any, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (result.ReceivedBytes < HeaderBytes || buffer[0] >> 6 != 2)
            {
                continue;
            }

            lock (_gate)
            {
                _sequenceNumbers.Add(BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)));
                uint source = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(8));
                _sources[source] = _sources.GetValueOrDefault(source) + 1;
                int payloadType = buffer[1] & 0x7F;
                if (payloadType is not (0 or 8))
                {
                    _events.Add(buffer[..result.ReceivedBytes]);
                }
                else
                {
                    foreach (byte sample in buffer.AsSpan(HeaderBytes, result.ReceivedBytes - HeaderBytes))
                    {
                        _heard.Add(payloadType == 8 ? Pcma.Decode(sample) : Pcmu.Decode(sample));
                    }
                }
            }

            Volatile.Write(ref _learned, (IPEndPoint)result.RemoteEndPoint);
            _firstPacket.TrySetResult();
        }
    }

    /// <summary>What one packet has in place of the tone: samples to be coded, or a payload as it is, which began so many packets ago.</summary>
    private sealed record Packet(byte[]? Payload, short[] Samples, bool Marker, int PacketsSinceStart, byte? PayloadType = null);
}
