namespace MediaCore.Wire.Tests.Peers;

/// <summary>Session descriptions as peers write them.</summary>
internal static class SdpText
{
    public static string Audio(int port, string formats = "0", string direction = "sendrecv", string address = "127.0.0.1", int version = 1)
    {
        string maps = string.Concat(formats.Split(' ').Select(static f => f switch
        {
            "0" => "a=rtpmap:0 PCMU/8000\r\n",
            "8" => "a=rtpmap:8 PCMA/8000\r\n",
            "18" => "a=rtpmap:18 G729/8000\r\n",
            "101" => "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n",
            _ => "",
        }));
        return $"v=0\r\no=peer 4711 {version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n{maps}a=ptime:20\r\na={direction}\r\n";
    }
}
