using MediaCore.Engine;

namespace MediaCore.Server.Configuration;

/// <summary>Reads the policies for RTP and RTCP on one port, <c>trunks[].rtcpMux</c> and <c>sip.accountRtcpMux</c>.</summary>
internal static class RtcpSettings
{
    /// <summary>Reads the key; an error for a word that is none of the four.</summary>
    public static RtcpMuxPolicy ReadMux(SectionReader section, string key) => section.Choice(
        key,
        RtcpMuxPolicy.Accept,
        ("refuse", RtcpMuxPolicy.Refuse),
        ("accept", RtcpMuxPolicy.Accept),
        ("offer", RtcpMuxPolicy.Offer),
        ("require", RtcpMuxPolicy.Require));
}
