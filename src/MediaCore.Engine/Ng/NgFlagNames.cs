using System.Collections.Frozen;

namespace MediaCore.Engine.Ng;

/// <summary>The words that stand for <see cref="NgFlags"/>, and those that change nothing here.</summary>
internal static class NgFlagNames
{
    private static readonly FrozenDictionary<string, NgFlags> s_flags = new Dictionary<string, NgFlags>(StringComparer.Ordinal)
    {
        ["fatal"] = NgFlags.Fatal,
        ["sip-source-address"] = NgFlags.SipSourceAddress,
        ["trust-address"] = NgFlags.TrustAddress,
        ["replace-origin"] = NgFlags.ReplaceOrigin,
        ["replace-session-name"] = NgFlags.ReplaceSessionName,
        ["replace-username"] = NgFlags.ReplaceUsername,
        ["replace-sdp-version"] = NgFlags.ReplaceVersion,
        ["replace-force-increment-sdp-ver"] = NgFlags.IncrementVersion,
        ["force-increment-sdp-ver"] = NgFlags.IncrementVersion,
        ["replace-zero-address"] = NgFlags.ReplaceZeroAddress,
        ["strict-source"] = NgFlags.StrictSource,
        ["media-handover"] = NgFlags.MediaHandover,
        ["asymmetric"] = NgFlags.Asymmetric,
        ["nat-wait"] = NgFlags.NatWait,
        ["pierce-nat"] = NgFlags.PierceNat,
        ["reset"] = NgFlags.Reset,
        ["record-call"] = NgFlags.RecordCall,
        ["generate-mid"] = NgFlags.GenerateMid,
        ["original-sendrecv"] = NgFlags.OriginalSendRecv,
        ["loop-protect"] = NgFlags.LoopProtect,
        ["no-rtcp-attribute"] = NgFlags.NoRtcpAttribute,
        ["full-rtcp-attribute"] = NgFlags.FullRtcpAttribute,
        ["always-transcode"] = NgFlags.AlwaysTranscode,
        ["single-codec"] = NgFlags.SingleCodec,
        ["rtcp-mux-offer"] = NgFlags.MuxOffer,
        ["rtcp-mux-require"] = NgFlags.MuxRequire,
        ["rtcp-mux-demux"] = NgFlags.MuxDemux,
        ["rtcp-mux-accept"] = NgFlags.MuxAccept,
        ["rtcp-mux-reject"] = NgFlags.MuxReject,
        ["sdes-off"] = NgFlags.NoSdes,
        ["sdes-no"] = NgFlags.NoSdes,
        ["sdes-disable"] = NgFlags.NoSdes,
        ["no-sdes"] = NgFlags.NoSdes,
        ["block-dtmf"] = NgFlags.BlockDtmf,
        ["block-egress"] = NgFlags.BlockEgress,
        ["all"] = NgFlags.All,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What they ask for is how it is done here anyway, or concerns what rtpengine keeps and we do not (its log, its database, its kernel).</summary>
    private static readonly FrozenSet<string> s_withoutEffect = new[]
    {
        "symmetric", "replace-session-connection", "port-latching", "no-port-latching", "debug", "no-redis-update", "early-media", "force", "weak", "auto", "internal", "external",
        "no-jitter-buffer", "sdes-unencrypted-rtcp", "sdes-on", "sdes-enable", "sdes-static", "sdes-nonew", "dtls-off", "dtls-no", "dtls-disable", "no-passthrough", "no-player-cache",
        "allow-transcoding", "symmetric-codecs", "reorder-codecs", "reuse-codecs", "no-reuse-codecs", "osrtp-reject", "trickle-ice", "reject-ice", "ice-lite-off", "unidirectional",
        "endpoint-learning-heuristic", "recrypt", "allow-no-codec-media",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The flag of a word in its normal form; false for one that is none.</summary>
    public static bool TryGet(string word, out NgFlags flag) => s_flags.TryGetValue(word, out flag);

    /// <summary>Whether a word is known and changes nothing.</summary>
    public static bool IsWithoutEffect(string word) => s_withoutEffect.Contains(word);

    /// <summary>Words are written with spaces, dashes or underscores, and in any case.</summary>
    public static string Normalize(string word) => word.Replace(' ', '-').Replace('_', '-').ToLowerInvariant();
}
