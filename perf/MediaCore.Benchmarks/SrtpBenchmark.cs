using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;

namespace MediaCore.Benchmarks;

/// <summary>
/// 20 ms of G.711 (172 bytes) through SRTP, in place: protecting it, and protecting and unprotecting it. The same packet and the same steps as in the C program that measures libsrtp2
/// (perf/compare/srtp.sh).
/// </summary>
[MemoryDiagnoser]
public sealed class SrtpBenchmark : IDisposable
{
    private const int PacketsPerRun = 64;

    private readonly SrtpPair _counter = new(SrtpProfile.AesCm128HmacSha1Tag80);
    private readonly SrtpPair _galois = new(SrtpProfile.AeadAes128Gcm);
    private readonly SrtpPair _counter256 = new(SrtpProfile.AesCm256HmacSha1Tag80);
    private readonly SrtpPair _galois256 = new(SrtpProfile.AeadAes256Gcm);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void ProtectAesCm128Tag80() => Protect(_counter);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void RoundTripAesCm128Tag80() => RoundTrip(_counter);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void ProtectAeadAes128Gcm() => Protect(_galois);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void RoundTripAeadAes128Gcm() => RoundTrip(_galois);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void ProtectAesCm256Tag80() => Protect(_counter256);

    [Benchmark(OperationsPerInvoke = PacketsPerRun)]
    public void ProtectAeadAes256Gcm() => Protect(_galois256);

    public void Dispose()
    {
        _counter.Dispose();
        _galois.Dispose();
        _counter256.Dispose();
        _galois256.Dispose();
    }

    private static void Protect(SrtpPair pair)
    {
        for (int i = 0; i < PacketsPerRun; i++)
        {
            pair.Protect();
        }
    }

    private static void RoundTrip(SrtpPair pair)
    {
        for (int i = 0; i < PacketsPerRun; i++)
        {
            pair.Unprotect(pair.Protect());
        }
    }
}

/// <summary>Both ends of a stream under one key, and the buffer between them.</summary>
internal sealed class SrtpPair : IDisposable
{
    private const int PacketBytes = 172;

    private readonly SrtpSender _sender;
    private readonly SrtpReceiver _receiver;
    private readonly byte[] _buffer = new byte[512];
    private ushort _sequence;

    public SrtpPair(SrtpProfile profile)
    {
        SrtpParameters parameters = SrtpParameters.Of(profile);
        byte[] key = new byte[parameters.KeyBytes];
        key.AsSpan().Fill(7);
        byte[] salt = new byte[parameters.SaltBytes];
        _sender = new SrtpSender(profile, key, salt);
        _receiver = new SrtpReceiver(profile, key, salt);
        RtpHeader.Write(_buffer, 0, marker: false, 0, 0, 0x1234_5678);
    }

    /// <summary>Protects the next packet.</summary>
    public int Protect()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(2), ++_sequence);
        return _sender.Protect(_buffer, PacketBytes, out int length) == SrtpStatus.Ok
            ? length
            : throw new InvalidOperationException("The packet was not protected.");
    }

    /// <summary>Unprotects what <see cref="Protect"/> left in the buffer.</summary>
    public void Unprotect(int length)
    {
        if (_receiver.Unprotect(_buffer.AsSpan(0, length), out int packetBytes) != SrtpStatus.Ok || packetBytes != PacketBytes)
        {
            throw new InvalidOperationException("The packet was not taken.");
        }
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }
}

/// <summary>A packet protected, with either kind of cipher.</summary>
internal sealed class SrtpProtectAllocation : IAllocationSubject
{
    private readonly SrtpPair _counter = new(SrtpProfile.AesCm128HmacSha1Tag80);
    private readonly SrtpPair _galois = new(SrtpProfile.AeadAes128Gcm);

    public string Name => "Srtp.Protect";

    public void Run()
    {
        _counter.Protect();
        _galois.Protect();
    }
}

/// <summary>A packet protected and unprotected, with either kind of cipher.</summary>
internal sealed class SrtpUnprotectAllocation : IAllocationSubject
{
    private readonly SrtpPair _counter = new(SrtpProfile.AesCm128HmacSha1Tag80);
    private readonly SrtpPair _galois = new(SrtpProfile.AeadAes128Gcm);

    public string Name => "Srtp.Unprotect";

    public void Run()
    {
        _counter.Unprotect(_counter.Protect());
        _galois.Unprotect(_galois.Protect());
    }
}
