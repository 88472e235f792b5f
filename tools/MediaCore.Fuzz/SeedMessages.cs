using System.Text;

namespace MediaCore.Fuzz;

/// <summary>Messages to begin with where no corpus is given: one of each kind that the engine reads.</summary>
internal static class SeedMessages
{
    private const string Offer = "v=0\r\no=- 7721 31337 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.8\r\nt=0 0\r\nm=audio 24680 RTP/AVP 0 8 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

    public static byte[][] Descriptions { get; } =
    [
        Encoding.ASCII.GetBytes(Offer),
        "v=0\r\no=a 1 1 IN IP6 2001:db8::1\r\ns= \r\nt=0 0\r\nm=audio 0 RTP/SAVPF 111 63\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp:24681\r\na=inactive\r\nm=video 4 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"u8.ToArray(),
    ];

    public static byte[][] Messages { get; } =
    [
        Request("INVITE", $"Contact: \"A\" <sip:+12025550199@198.51.100.7:5060;ob>;+sip.instance=\"<urn:uuid:0>\"\r\nSupported: 100rel, timer, replaces\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\nP-Asserted-Identity: <tel:+12025550199>\r\nPrivacy: id\r\nRecord-Route: <sip:198.51.100.9;lr>, <sip:198.51.100.10;lr>\r\nContent-Type: application/sdp\r\n", Offer),
        Request("INVITE", "Contact: <sip:a@h>\r\nContent-Type: multipart/mixed;boundary=b\r\n", $"--b\r\nContent-Type: application/sdp\r\n\r\n{Offer}\r\n--b\r\nContent-Type: application/ISUP\r\nContent-Disposition: signal;handling=optional\r\n\r\nx\r\n--b--\r\n"),
        Request("REGISTER", "Contact: <sip:a@[2001:db8::1]:5060;transport=tcp>;expires=600;q=0.7, *\r\nAuthorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:b\", response=\"00112233445566778899aabbccddeeff\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"c\"\r\nPath: <sip:p;lr>\r\nExpires: 3600\r\n", ""),
        Request("REFER", "Refer-To: <sip:c@d?Replaces=1%3Bto-tag%3Da%3Bfrom-tag%3Db>\r\nReferred-By: <sip:a@b>\r\nContact: <sip:a@h>\r\n", ""),
        Request("NOTIFY", "Event: refer;id=1\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag\r\n", "SIP/2.0 180 Ringing\r\n"),
        Request("PRACK", "RAck: 776656 1 INVITE\r\n", ""),
        Encoding.ASCII.GetBytes($"SIP/2.0 183 Session Progress\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1;rport=5060\r\nf: <sip:a@b>;tag=1\r\nt: <sip:c@d>;tag=2\r\ni: x@y\r\nCSeq: 1 INVITE\r\nRequire: 100rel\r\nRSeq: 776656\r\nm: <sip:c@h>\r\nc: application/sdp\r\nl: {Offer.Length}\r\n\r\n{Offer}"),
        "SIP/2.0 302 Moved\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: a <sip:a@b>;tag=1\r\nTo: sip:c@d;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:e@f>;q=0.5\r\nReason: Q.850;cause=16;text=\"ok\"\r\nRetry-After: 5 (soon);duration=3\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
    ];

    private static byte[] Request(string method, string headers, string body) => Encoding.Latin1.GetBytes(
        $"{method} sip:+12025550100@192.0.2.10:5060;transport=udp SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK0a1b;rport, SIP/2.0/TLS h;branch=z9hG4bK2\r\nMax-Forwards: 69\r\n"
        + $"From: \"+1 \\\"x\\\"\" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c\r\nTo: <sip:+12025550100@192.0.2.10>;tag=zz\r\nCall-ID: 1442385766@198.51.100.7\r\nCSeq: 781234 {method}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
}
