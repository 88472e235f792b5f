using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>An end of one RTP stream of PCMU: speaks a tone at 50 packets per second and keeps what it hears.</summary>
internal sealed class RtpEndpoint : IAsyncDisposable
{
    public const int SamplesPerPacket = 160;
    private const int HeaderBytes = 12;
    private const int EventPayloadType = 101;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1024 * 1024 };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<short> _heard = [];
    private readonly HashSet<ushort> _sequenceNumbers = [];
    private readonly HashSet<uint> _sources = [];
    private readonly List<byte> _digits = [];
    private readonly Lock _gate = new();
    private readonly Task _receiving;
    private readonly TaskCompletionSource _firstPacket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _tone;
    private readonly uint _source;
    private IPEndPoint? _learned;
    private uint _lastEventAt;
    private ushort _sequenceNumber;
    private uint _timestamp;

    /// <param name="hertz">A multiple of 50, so that the tone goes on without a click from packet to packet.</param>
    public RtpEndpoint(int hertz, uint source = 0x1234_5678)
    {
        _source = source;
        _tone = new byte[SamplesPerPacket];
        for (int i = 0; i < _tone.Length; i++)
        {
            _tone[i] = Pcmu.Encode((short)(8000 * Math.Sin(2 * Math.PI * hertz * i / 8000)));
        }

        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receiving = ReceiveAllAsync();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public int Sent { get; private set; }

    /// <summary>Where it sends; when not set, to where the first packet came from.</summary>
    public IPEndPoint? Remote { get; set; }

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
                return [.. _sources];
            }
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

    /// <summary>The digits heard as telephone events of payload type 101 (RFC 4733), one for each timestamp.</summary>
    public byte[] Digits
    {
        get
        {
            lock (_gate)
            {
                return [.. _digits];
            }
        }
    }

    /// <summary>Sends one packet of the tone.</summary>
    public void SendOne()
    {
        if ((Remote ?? Volatile.Read(ref _learned)) is not { } remote)
        {
            return;
        }

        Span<byte> packet = stackalloc byte[HeaderBytes + SamplesPerPacket];
        packet[0] = 0x80;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], _sequenceNumber++);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], _source);
        _timestamp += SamplesPerPacket;
        _tone.CopyTo(packet[HeaderBytes..]);
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

    private void KeepEvent(uint timestamp, ReadOnlySpan<byte> payload)
    {
        if (payload.Length >= 4 && (_digits.Count == 0 || timestamp != _lastEventAt))
        {
            _lastEventAt = timestamp;
            _digits.Add(payload[0]);
        }
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
                _sources.Add(BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(8)));
                ReadOnlySpan<byte> payload = buffer.AsSpan(HeaderBytes, result.ReceivedBytes - HeaderBytes);
                if ((buffer[1] & 0x7f) == EventPayloadType)
                {
                    KeepEvent(BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)), payload);
                }
                else
                {
                    foreach (byte sample in payload)
                    {
                        _heard.Add(Pcmu.Decode(sample));
                    }
                }
            }

            Volatile.Write(ref _learned, (IPEndPoint)result.RemoteEndPoint);
            _firstPacket.TrySetResult();
        }
    }
}
