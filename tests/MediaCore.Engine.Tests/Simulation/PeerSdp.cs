namespace MediaCore.Engine.Tests.Simulation;

/// <summary>Descriptions that peers send.</summary>
internal static class PeerSdp
{
    public static string Audio(Peer peer, ushort port = 40000, string direction = "sendrecv", string formats = "0 8 101", string telephoneEvent = "101", string extraMedia = "")
    {
        string lines = string.Concat(formats.Split(' ').Select(f =>
            f == "0" ? "a=rtpmap:0 PCMU/8000\r\n"
            : f == "8" ? "a=rtpmap:8 PCMA/8000\r\n"
            : f == telephoneEvent ? $"a=rtpmap:{f} telephone-event/8000\r\na=fmtp:{f} 0-15\r\n"
            : f == "9" ? "a=rtpmap:9 G722/8000\r\n"
            : f == "111" ? "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n"
            : f == "98" ? "a=rtpmap:98 L16/16000\r\n"
            : f == "18" ? "a=rtpmap:18 G729/8000\r\n"
            : ""));
        return $"v=0\r\no=u-{peer.Name} 77 1 IN IP4 {peer.Host}\r\ns=s-{peer.Name}\r\nc=IN IP4 {peer.Host}\r\nt=0 0\r\n"
            + $"m=audio {port} RTP/AVP {formats}\r\n{lines}a={direction}\r\n{extraMedia}";
    }
}
