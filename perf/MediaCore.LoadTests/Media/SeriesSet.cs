using System.Security.Cryptography;
using MediaCore.Audio.Codecs;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Rtp.Srtp;

namespace MediaCore.LoadTests.Media;

/// <summary>The packets of all streams of a mix, made before the clock runs; only those that some scenario sends.</summary>
internal sealed class SeriesSet
{
    private const int KeyBytes = 16;
    private const int SaltBytes = 14;

    /// <summary>How long a call may go on after its end is due before its packets are used up: a re-INVITE that got a 100 is waited for 64 s while both sides speak. A call that waits for several of those stops speaking, and fails.</summary>
    private const int SpareSeconds = 80;

    private readonly PacketSeries? _pcmu;
    private readonly PacketSeries? _secure;
    private readonly PacketSeries? _callerOpus;
    private readonly PacketSeries? _calleeOpus;

    public SeriesSet(ScenarioMix mix)
    {
        bool Has(params MediaKind[] kinds) => mix.Scenarios.Any(s => kinds.Contains(s.Media));
        int packets = (int)(mix.Longest.TotalSeconds + SpareSeconds) * Sound.FramesPerSecond;
        Sound? tone = Has(MediaKind.Pcmu, MediaKind.Srtp, MediaKind.Transcoded, MediaKind.SrtpTranscoded) ? new Sound(CodecDescriptor.Pcmu, CallGenerator.CallerHz) : null;
        if (Has(MediaKind.Srtp, MediaKind.SrtpTranscoded))
        {
            byte[] key = RandomNumberGenerator.GetBytes(KeyBytes + SaltBytes);
            KeyText = Convert.ToBase64String(key);
            using SrtpSender protection = new(SrtpProfile.AesCm128HmacSha1Tag80, key.AsSpan(0, KeyBytes), key.AsSpan(KeyBytes));
            _secure = new PacketSeries(tone!, 160, packets, protection);
        }

        _pcmu = tone is null ? null : new PacketSeries(tone, 160, packets, null);
        _callerOpus = Has(MediaKind.Opus) ? new PacketSeries(new Sound(CodecDescriptor.Opus, CallGenerator.CallerHz), 960, packets, null) : null;
        _calleeOpus = Has(MediaKind.Opus, MediaKind.Transcoded, MediaKind.SrtpTranscoded) ? new PacketSeries(new Sound(CodecDescriptor.Opus, CallGenerator.CalleeHz), 960, packets, null) : null;
    }

    /// <summary>Key and salt of the callers' SRTP in Base64, as a description has them; empty where none is secure.</summary>
    public string KeyText { get; } = "";

    public PacketSeries OfCaller(MediaKind media) => (media switch
    {
        MediaKind.Srtp or MediaKind.SrtpTranscoded => _secure,
        MediaKind.Opus => _callerOpus,
        _ => _pcmu,
    })!;

    public PacketSeries OfCallee(MediaKind media) => (media is MediaKind.Opus or MediaKind.Transcoded or MediaKind.SrtpTranscoded ? _calleeOpus : _pcmu)!;
}
