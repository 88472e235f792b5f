using System.Security.Cryptography;
using MediaCore.Engine.MediaSessions;
using MediaCore.Rtp.Srtp;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>Whether our last description to a peer had keys, and as what.</summary>
internal enum DescribedKeys : byte
{
    /// <summary>It had none.</summary>
    None,

    /// <summary>Those of <see cref="LegKeys.Lines"/>, to choose from.</summary>
    Lines,

    /// <summary>The one that goes with what the peer offered, <see cref="LegKeys.Own"/>.</summary>
    Own,
}

/// <summary>
/// Our own <c>a=crypto</c> lines towards one peer (RFC 4568): made once, so that a repeated description repeats its keys and a changed one goes on with them. Made for the legs that use SRTP
/// alone, about 500 bytes; owned by its shard. The keys never leave for another leg, a log or a record.
/// </summary>
internal sealed class LegKeys
{
    /// <summary>What our offers list, in order of preference.</summary>
    public CryptoAttributeList Lines;

    /// <summary>The key we send with.</summary>
    public CryptoAttribute Own;

    /// <summary>
    /// What we offer, in this order: the suite that everybody has (RFC 4568 §6.2.1) comes first, since some look at the first line only; three lines, for each makes the INVITE 90 bytes longer.
    /// All that <see cref="CryptoSuites"/> knows is accepted.
    /// </summary>
    public static ReadOnlySpan<CryptoSuite> OfferedSuites => [CryptoSuite.AesCm128HmacSha1Tag80, CryptoSuite.AeadAes128Gcm, CryptoSuite.AesCm128HmacSha1Tag32];

    /// <summary>The suite in use; <see cref="CryptoSuite.Unknown"/> while the leg is plain.</summary>
    public CryptoSuite Suite { get; set; }

    /// <summary>What our last description to the peer had.</summary>
    public DescribedKeys Described { get; private set; }

    /// <summary>The protocol that it had with them.</summary>
    public SdpProtocol Protocol { get; private set; }

    /// <summary>An offer of ours has the kept lines, which are made for the first: of all suites, or of the one in use.</summary>
    public void WriteOffer(ref AudioDescription audio, SdpProtocol protocol)
    {
        if (Lines.Count == 0)
        {
            if (Own.Suite != CryptoSuite.Unknown)
            {
                Lines.TryAdd(Own);
            }
            else
            {
                for (int i = 0; i < OfferedSuites.Length; i++)
                {
                    CryptoAttribute line = Create(i + 1, OfferedSuites[i]);
                    Lines.TryAdd(line);
                    line.Clear();
                }
            }
        }

        audio.Crypto = Lines;
        Note(DescribedKeys.Lines, audio.Protocol = protocol);
    }

    /// <summary>An answer of ours has one line with the tag and the suite that were chosen; a key that we have for the suite is used on.</summary>
    public void WriteAnswer(ref AudioDescription audio, in CryptoAttribute chosen)
    {
        if (Own.Suite == chosen.Suite)
        {
            Own = Own.WithTag(chosen.Tag);
        }
        else
        {
            Own = TryFindSuite(chosen.Suite, out int known) ? Lines[known].WithTag(chosen.Tag) : Create(chosen.Tag, chosen.Suite);
        }

        audio.Crypto.TryAdd(Own);
        Note(DescribedKeys.Own, audio.Protocol);
    }

    /// <summary>The last description's lines once more.</summary>
    public void WriteAgain(ref AudioDescription audio)
    {
        if (Described == DescribedKeys.None)
        {
            return;
        }

        audio.Protocol = Protocol;
        if (Described == DescribedKeys.Lines)
        {
            audio.Crypto = Lines;
        }
        else
        {
            audio.Crypto.TryAdd(Own);
        }
    }

    /// <summary>Our description has no keys.</summary>
    public void NotePlain() => Note(DescribedKeys.None, SdpProtocol.RtpAvp);

    /// <summary>What a peer's answer chose of ours (RFC 4568 §7.1.3).</summary>
    public CryptoError Match(in CryptoAttributeList answer, out CryptoAttribute chosen)
    {
        chosen = default;
        if (Described == DescribedKeys.Own && answer.Count == 1 && answer[0].Tag == Own.Tag && answer[0].Suite == Own.Suite)
        {
            chosen = Own;
            return CryptoError.None;
        }

        CryptoError error = CryptoNegotiation.AcceptAnswer(Lines, answer, out int index);
        if (error == CryptoError.None)
        {
            chosen = Lines[index];
        }

        return error;
    }

    /// <summary>The peer's key and ours are in force on its leg.</summary>
    public void Secure(MediaLeg media, in CryptoAttribute theirs)
    {
        Span<byte> mki = stackalloc byte[theirs.MkiBytes];
        theirs.WriteMki(mki);
        LegSecurity security = media.Secure();
        security.Receive(ProfileOf(theirs.Suite), theirs.Key, theirs.Salt, mki);
        security.Send(ProfileOf(Own.Suite), Own.Key, Own.Salt);
        Suite = theirs.Suite;
    }

    /// <summary>Wipes the keys and forgets all.</summary>
    public void Clear()
    {
        Lines.Clear();
        Own.Clear();
        Suite = CryptoSuite.Unknown;
        NotePlain();
    }

    private void Note(DescribedKeys described, SdpProtocol protocol) => (Described, Protocol) = (described, protocol);

    private bool TryFindSuite(CryptoSuite suite, out int index)
    {
        for (index = 0; index < Lines.Count; index++)
        {
            if (Lines[index].Suite == suite)
            {
                return true;
            }
        }

        return false;
    }

    private static SrtpProfile ProfileOf(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AesCm128HmacSha1Tag80 => SrtpProfile.AesCm128HmacSha1Tag80,
        CryptoSuite.AesCm128HmacSha1Tag32 => SrtpProfile.AesCm128HmacSha1Tag32,
        CryptoSuite.AesCm192HmacSha1Tag80 => SrtpProfile.AesCm192HmacSha1Tag80,
        CryptoSuite.AesCm192HmacSha1Tag32 => SrtpProfile.AesCm192HmacSha1Tag32,
        CryptoSuite.AesCm256HmacSha1Tag80 => SrtpProfile.AesCm256HmacSha1Tag80,
        CryptoSuite.AesCm256HmacSha1Tag32 => SrtpProfile.AesCm256HmacSha1Tag32,
        CryptoSuite.AeadAes128Gcm => SrtpProfile.AeadAes128Gcm,
        CryptoSuite.AeadAes256Gcm => SrtpProfile.AeadAes256Gcm,
        _ => throw new ArgumentOutOfRangeException(nameof(suite), suite, "a line that can be used has a suite"),
    };

    /// <summary>A line with a new random key.</summary>
    public static CryptoAttribute Create(int tag, CryptoSuite suite)
    {
        Span<byte> key = stackalloc byte[CryptoSuites.MaxKeyAndSaltBytes];
        key = key[..(CryptoSuites.KeyBytes(suite) + CryptoSuites.SaltBytes(suite))];
        RandomNumberGenerator.Fill(key);
        CryptoAttribute line = CryptoAttribute.Create(tag, suite, key);
        CryptographicOperations.ZeroMemory(key);
        return line;
    }
}
