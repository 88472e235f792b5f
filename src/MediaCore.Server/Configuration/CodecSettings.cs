using System.Collections.Immutable;
using MediaCore.Audio.Opus;
using MediaCore.Engine;

namespace MediaCore.Server.Configuration;

/// <summary>Reads which codecs a side may use and how ours code: <c>trunks[].codecs</c>, <c>trunks[].transcode</c>, <c>sip.accountCodecs</c>, <c>sip.accountTranscode</c>, <c>media.codecs</c>, <c>media.opus</c>, <c>media.comfortNoise</c>.</summary>
internal static class CodecSettings
{
    // What the name of a codec of ours may be; the list is in messages.
    private const string OwnNames = "opus, G722, PCMA, PCMU, L16/16000, L16/8000";

    /// <summary>The policy of one side.</summary>
    public static CodecPolicy ReadPolicy(SectionReader section, string codecs, string transcode) => new()
    {
        Codecs = ReadNames(section, codecs, ownOnly: false, []),
        Transcode = section.Choice(transcode, TranscodePolicy.Needed, ("needed", TranscodePolicy.Needed), ("never", TranscodePolicy.Never), ("always", TranscodePolicy.Always)),
    };

    /// <summary>The codecs that we add to offers.</summary>
    public static ImmutableArray<CodecName> ReadAdded(SectionReader section, ImmutableArray<CodecName> defaults) =>
        ReadNames(section, "codecs", ownOnly: true, [.. defaults.Select(static name => name.Text)]);

    /// <summary>Key <c>media.opus</c>, <c>media.comfortNoise</c>.</summary>
    public static OpusEncoderOptions ReadOpus(SectionReader section, OpusEncoderOptions defaults)
    {
        OpusEncoderOptions result = defaults with
        {
            BitrateBitsPerSecond = (int)section.Integer("bitrate", defaults.BitrateBitsPerSecond, 6_000, 510_000),
            Complexity = (int)section.Integer("complexity", defaults.Complexity, 0, 10),
            InBandFec = section.Flag("fec", defaults.InBandFec),
            ExpectedLossPercent = (int)section.Integer("expectedLossPercent", defaults.ExpectedLossPercent, 0, 100),
            DiscontinuousTransmission = section.Flag("dtx", defaults.DiscontinuousTransmission),
        };
        section.Finish();
        return result;
    }

    /// <summary>Key <c>media.comfortNoise</c>.</summary>
    public static ComfortNoisePolicy ReadComfortNoise(SectionReader section, ComfortNoisePolicy fallback) =>
        section.Choice("comfortNoise", fallback, ("never", ComfortNoisePolicy.Never), ("accept", ComfortNoisePolicy.Accept), ("offer", ComfortNoisePolicy.Offer));

    /// <summary>A machine without libopus starts without Opus; where the configuration asks for it, that is said.</summary>
    public static void AddNotices(MediaSettings media, SipSettings sip, IReadOnlyList<TrunkSettings> trunks, List<string> notices)
    {
        IEnumerable<CodecName> named = media.AddedCodecs.Concat(sip.AccountCodecs.Codecs).Concat(trunks.SelectMany(static trunk => trunk.Codecs.Codecs));
        if (named.Any(static name => name.Own is { IsAvailable: false }))
        {
            notices.Add("Opus is configured, but libopus is not on this machine: calls with Opus are relayed and never transcoded; install it (Debian and Ubuntu: apt-get install libopus0)");
        }
    }

    private static ImmutableArray<CodecName> ReadNames(SectionReader section, string key, bool ownOnly, params string[] defaults)
    {
        List<CodecName> names = [];
        foreach (ConfigurationText text in section.Texts(key, defaults))
        {
            if (!CodecName.TryParse(text.Value, out CodecName name))
            {
                section.Error(text, $"\"{text.Value}\" is no codec; write its name in SDP, and its clock rate where there are several, as \"PCMA\" or \"L16/16000\"");
            }
            else if (ownOnly && name.Own is null)
            {
                section.Error(text, $"\"{text.Value}\" can be relayed, but not made from another codec; only these can be added to offers: {OwnNames}");
            }
            else if (names.Contains(name))
            {
                section.Error(text, $"\"{text.Value}\" stands there already");
            }
            else
            {
                names.Add(name);
            }
        }

        return names.Count == 0 ? [] : [.. names];
    }
}
