using System.Security.Cryptography;
using MediaCore.Primitives;

namespace MediaCore.Rtp.Srtp;

/// <summary>
/// One master key of one direction with what was derived from it. The master key itself is kept, in pinned memory, to tell whether a peer that offers a key again offers the same
/// one. <see cref="Dispose"/> wipes all of it. It has no text form.
/// </summary>
internal sealed class SrtpKeys : IDisposable
{
    private readonly byte[] _master;
    private readonly byte[] _mki;

    /// <summary>Derives the session keys.</summary>
    public SrtpKeys(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ReadOnlySpan<byte> mki, int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mki.Length, SrtpLimits.MaxMkiBytes, nameof(mki));
        Profile = profile;
        Number = number;
        Rtp = SrtpTransform.Create(profile, masterKey, masterSalt, rtcp: false);
        Rtcp = SrtpTransform.Create(profile, masterKey, masterSalt, rtcp: true);
        _mki = mki.ToArray();
        _master = GC.AllocateUninitializedArray<byte>(masterKey.Length + masterSalt.Length, pinned: true);
        masterKey.CopyTo(_master);
        masterSalt.CopyTo(_master.AsSpan(masterKey.Length));
    }

    /// <summary>Which ciphers.</summary>
    public SrtpProfile Profile { get; }

    /// <summary>Counts the keys of a direction.</summary>
    public int Number { get; }

    /// <summary>Whether packets were taken under this key before another one took its place: nothing that came then may come again.</summary>
    public bool IsReturning { get; init; }

    /// <summary>A mark by which a key is known again after it was wiped.</summary>
    public ulong Mark(SipHashKey secret) => SipHash24.Hash(_master, secret);

    /// <summary>For RTP.</summary>
    public SrtpTransform Rtp { get; }

    /// <summary>For RTCP.</summary>
    public SrtpTransform Rtcp { get; }

    /// <summary>The key's identifier; empty when packets carry none.</summary>
    public ReadOnlySpan<byte> Mki => _mki;

    /// <summary>Bytes of <see cref="Mki"/>.</summary>
    public int MkiBytes => _mki.Length;

    /// <summary>Bytes that are added to an RTP packet.</summary>
    public int RtpTrailerBytes => Rtp.TagBytes + _mki.Length;

    /// <summary>Bytes that are added to an RTCP packet.</summary>
    public int RtcpTrailerBytes => Rtcp.TagBytes + SrtpTransform.RtcpIndexBytes + _mki.Length;

    /// <summary>Whether these are the keys of that profile, master key, salt and identifier.</summary>
    public bool AreOf(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, ReadOnlySpan<byte> mki) =>
        profile == Profile
        && masterKey.Length + masterSalt.Length == _master.Length
        && CryptographicOperations.FixedTimeEquals(masterKey, _master.AsSpan(0, masterKey.Length))
        && CryptographicOperations.FixedTimeEquals(masterSalt, _master.AsSpan(masterKey.Length))
        && mki.SequenceEqual(_mki);

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
        CryptographicOperations.ZeroMemory(_master);
    }
}
