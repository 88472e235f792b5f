namespace MediaCore.Benchmarks.Messages;

/// <summary>
/// Messages written in the manner of those that are seen most: a carrier's trunk, an office PBX, a browser over WebSocket, an IMS core, and the phones. Addresses are
/// those for documentation; nothing in them belongs to anybody.
/// </summary>
public static class SampleMessages
{
    private const string NarrowOffer = """
        v=0
        o=- 7721 31337 IN IP4 198.51.100.7
        s=-
        c=IN IP4 198.51.100.8
        t=0 0
        m=audio 24680 RTP/AVP 0 8 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        """;

    private const string NarrowAnswer = """
        v=0
        o=mediacore 991 1 IN IP4 192.0.2.10
        s=-
        c=IN IP4 192.0.2.11
        t=0 0
        m=audio 40122 RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=sendrecv
        """;

    private const string BrowserOffer = """
        v=0
        o=- 4611732916311837913 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=extmap-allow-mixed
        a=msid-semantic: WMS 7f3c1e02-52a4-4a8b-8f0b-1c7ad9b2c3d1
        m=audio 51312 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 203.0.113.77
        a=rtcp:9 IN IP4 0.0.0.0
        a=candidate:2713907745 1 udp 2122260223 10.20.30.40 51312 typ host generation 0 network-id 1 network-cost 10
        a=candidate:1521601408 1 udp 1686052607 203.0.113.77 51312 typ srflx raddr 10.20.30.40 rport 51312 generation 0 network-id 1 network-cost 10
        a=ice-ufrag:Zk3q
        a=ice-pwd:wV1rVxk2yBq5fD0aPq8mC4sT
        a=ice-options:trickle
        a=fingerprint:sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=sendrecv
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6
        """;

    private const string ImsOffer = """
        v=0
        o=- 1703 1703 IN IP6 2001:db8:10:4::1f
        s=-
        c=IN IP6 2001:db8:10:4::1f
        b=AS:49
        b=RS:600
        b=RR:2000
        t=0 0
        m=audio 50010 RTP/AVP 104 102 105 100
        a=rtpmap:104 AMR-WB/16000/1
        a=fmtp:104 mode-change-capability=2;max-red=0
        a=rtpmap:102 AMR/8000/1
        a=fmtp:102 mode-change-capability=2;max-red=0
        a=rtpmap:105 telephone-event/16000
        a=fmtp:105 0-15
        a=rtpmap:100 telephone-event/8000
        a=fmtp:100 0-15
        a=curr:qos local none
        a=curr:qos remote none
        a=des:qos mandatory local sendrecv
        a=des:qos optional remote sendrecv
        a=sendrecv
        a=ptime:20
        a=maxptime:240
        """;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SampleMessage> All { get; } =
    [
        SampleMessage.Create(
            "carrier-invite",
            """
            INVITE sip:+12025550100@192.0.2.10:5060 SIP/2.0
            Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK0a1b2c3d4e5f60718293a4b5;rport
            Max-Forwards: 69
            From: "+12025550199" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c5f2a91
            To: <sip:+12025550100@192.0.2.10;user=phone>
            Call-ID: 1442385766_128943761@198.51.100.7
            CSeq: 781234 INVITE
            Contact: <sip:+12025550199@198.51.100.7:5060>
            Allow: INVITE,ACK,CANCEL,BYE,PRACK,UPDATE,OPTIONS
            Supported: timer,100rel
            P-Asserted-Identity: <sip:+12025550199@198.51.100.7;user=phone>
            Content-Type: application/sdp
            """,
            NarrowOffer),
        SampleMessage.Create(
            "pbx-invite",
            """
            INVITE sip:0012025550100@sbc.example.net;transport=udp SIP/2.0
            Via: SIP/2.0/UDP 203.0.113.20:5060;rport;branch=z9hG4bKPj8f1e0a7c-53d1-4c5e-9a55-2f6e6f0f1c44
            Record-Route: <sip:203.0.113.21;lr;ftag=as7c21d5b0>
            From: "Reception, 2nd floor" <sip:2001@pbx.example.net>;tag=as7c21d5b0
            To: <sip:0012025550100@sbc.example.net>
            Contact: <sip:asterisk@203.0.113.20:5060>
            Call-ID: 6f2c9b1e-1d7f-4a54-8a1c-6e54a0d7c9f3
            CSeq: 22087 INVITE
            Route: <sip:sbc.example.net;lr>
            Allow: OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, INFO, MESSAGE, REFER
            Supported: 100rel, timer, replaces, norefersub, histinfo
            Session-Expires: 1800
            Min-SE: 90
            P-Asserted-Identity: "Reception, 2nd floor" <sip:2001@pbx.example.net>
            Remote-Party-ID: "Reception, 2nd floor" <sip:2001@pbx.example.net>;party=calling;privacy=off;screen=no
            Diversion: <sip:2100@pbx.example.net>;reason=unconditional;counter=1
            History-Info: <sip:2100@pbx.example.net>;index=1, <sip:0012025550100@sbc.example.net>;index=1.1
            Max-Forwards: 70
            User-Agent: OfficePBX 18.20.0
            Date: Sun, 22 Nov 2026 18:04:11 GMT
            X-Account-Code: 4711
            X-Call-Reference: 20261122-180411-00017
            Alert-Info: <http://pbx.example.net/ring2.wav>;info=alert-internal
            Content-Type: application/sdp
            """,
            NarrowOffer),
        SampleMessage.Create(
            "webrtc-invite",
            """
            INVITE sip:+12025550100@example.net SIP/2.0
            Via: SIP/2.0/WSS d8f3k2l1m0q9.invalid;branch=z9hG4bK7512345
            Max-Forwards: 69
            To: <sip:+12025550100@example.net>
            From: "Alice" <sip:alice@example.net>;tag=ujq6u2ifvl
            Call-ID: 9k3v2n1b8c7x6z5a4s3d
            CSeq: 4721 INVITE
            Contact: <sip:7n4bq1tc@d8f3k2l1m0q9.invalid;transport=ws;ob>
            Content-Type: application/sdp
            Session-Expires: 90
            Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY
            Supported: timer,ice,replaces,outbound
            User-Agent: browser phone 3.10.1
            """,
            BrowserOffer),
        SampleMessage.Create(
            "ims-invite",
            """
            INVITE sip:+12025550100@ims.mnc001.mcc001.3gppnetwork.example;user=phone SIP/2.0
            Via: SIP/2.0/UDP [2001:db8:20:1::5]:5090;branch=z9hG4bK-524287-1-6c1d9f0a72e44b8b
            Via: SIP/2.0/UDP [2001:db8:20:2::9]:5060;branch=z9hG4bK-77aa01;received=2001:db8:20:2::9;rport=5060
            Via: SIP/2.0/TCP [2001:db8:10:4::1f]:5060;branch=z9hG4bKsmg0x1;alias
            Record-Route: <sip:scscf1.ims.example:5090;lr;orig>
            Record-Route: <sip:pcscf3.ims.example:5060;lr>
            Route: <sip:sbc.example.net;lr>
            Max-Forwards: 66
            From: <sip:+12025550177@ims.mnc001.mcc001.3gppnetwork.example;user=phone>;tag=4fa3b20c
            To: <tel:+12025550100>
            Call-ID: 3c1d9aa0b7e24f7f@2001:db8:10:4::1f
            CSeq: 1 INVITE
            Contact: <sip:001010123456789@[2001:db8:10:4::1f]:5060>;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel";audio
            Accept-Contact: *;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel"
            P-Asserted-Identity: <sip:+12025550177@ims.mnc001.mcc001.3gppnetwork.example;user=phone>
            P-Asserted-Identity: <tel:+12025550177>
            P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=0010100010019B01;network-provided
            P-Charging-Vector: icid-value=9f0a72e44b8b6c1d;icid-generated-at=pcscf3.ims.example;orig-ioi=ims.example
            P-Early-Media: supported
            Feature-Caps: *;+g.3gpp.srvcc
            Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000
            Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, MESSAGE, REFER, NOTIFY, INFO, OPTIONS
            Supported: 100rel, precondition, timer, histinfo, 199
            Session-Expires: 1800;refresher=uac
            Accept: application/sdp, application/3gpp-ims+xml
            Privacy: none
            User-Agent: handset/14
            Content-Type: application/sdp
            """,
            ImsOffer),
        SampleMessage.Create(
            "re-invite",
            """
            INVITE sip:mediacore@192.0.2.10:5060 SIP/2.0
            Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK5c4d3e2f1a0b;rport
            Max-Forwards: 70
            From: "+12025550199" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c5f2a91
            To: <sip:+12025550100@192.0.2.10;user=phone>;tag=4d1f0c2b9a8e7763
            Call-ID: 1442385766_128943761@198.51.100.7
            CSeq: 781236 INVITE
            Contact: <sip:+12025550199@198.51.100.7:5060>
            Supported: timer
            Session-Expires: 1800;refresher=uac
            Content-Type: application/sdp
            """,
            NarrowOffer),
        SampleMessage.Create(
            "180",
            """
            SIP/2.0 180 Ringing
            Via: SIP/2.0/UDP 192.0.2.10:5060;rport=5060;branch=z9hG4bK9f8e7d6c5b4a39281706f5e4d3c2b1a0;received=192.0.2.10
            From: <sip:+12025550199@192.0.2.10>;tag=1f2e3d4c5b6a7988
            To: <sip:+12025550100@203.0.113.5>;tag=SDq7h2v01-0a5c3e21
            Call-ID: 00a1b2c3d4e5f60718293a4b5c6d7e8f90
            CSeq: 1 INVITE
            Contact: <sip:+12025550100@203.0.113.5:5060;transport=udp>
            Allow: INVITE,ACK,CANCEL,BYE,PRACK,UPDATE,OPTIONS
            """),
        SampleMessage.Create(
            "200-sdp",
            """
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.10:5060;rport=5060;branch=z9hG4bK9f8e7d6c5b4a39281706f5e4d3c2b1a0;received=192.0.2.10
            From: <sip:+12025550199@192.0.2.10>;tag=1f2e3d4c5b6a7988
            To: <sip:+12025550100@203.0.113.5>;tag=SDq7h2v01-0a5c3e21
            Call-ID: 00a1b2c3d4e5f60718293a4b5c6d7e8f90
            CSeq: 1 INVITE
            Contact: <sip:+12025550100@203.0.113.5:5060;transport=udp>
            Allow: INVITE,ACK,CANCEL,BYE,PRACK,UPDATE,OPTIONS
            Supported: timer,replaces
            Session-Expires: 1800;refresher=uas
            Require: timer
            Content-Type: application/sdp
            """,
            NarrowAnswer),
        SampleMessage.Create(
            "ack",
            """
            ACK sip:mediacore@192.0.2.10:5060 SIP/2.0
            Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK3a2b1c0d9e8f;rport
            Max-Forwards: 70
            From: "+12025550199" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c5f2a91
            To: <sip:+12025550100@192.0.2.10;user=phone>;tag=4d1f0c2b9a8e7763
            Call-ID: 1442385766_128943761@198.51.100.7
            CSeq: 781234 ACK
            Contact: <sip:+12025550199@198.51.100.7:5060>
            """),
        SampleMessage.Create(
            "bye",
            """
            BYE sip:mediacore@192.0.2.10:5060 SIP/2.0
            Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK7766554433221100;rport
            Max-Forwards: 70
            From: "+12025550199" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c5f2a91
            To: <sip:+12025550100@192.0.2.10;user=phone>;tag=4d1f0c2b9a8e7763
            Call-ID: 1442385766_128943761@198.51.100.7
            CSeq: 781237 BYE
            Reason: Q.850;cause=16;text="Normal call clearing"
            """),
        SampleMessage.Create(
            "register-digest",
            """
            REGISTER sip:example.net SIP/2.0
            Via: SIP/2.0/UDP 203.0.113.77:5062;branch=z9hG4bK1690218817;rport
            From: "Alice" <sip:alice@example.net>;tag=1482012917
            To: "Alice" <sip:alice@example.net>
            Call-ID: 0_1731262891@10.20.30.40
            CSeq: 42 REGISTER
            Contact: <sip:alice@10.20.30.40:5062>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-001565AABBCC>"
            Authorization: Digest username="alice", realm="example.net", nonce="5f3a9c0e1b7d4e2f8a6c5d4e3f2a1b0c", uri="sip:example.net", response="6629fae49393a05397450978507c4ef1", algorithm=MD5, cnonce="0a4f113b", qop=auth, nc=00000002
            Allow: INVITE, INFO, PRACK, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REGISTER, SUBSCRIBE, REFER, PUBLISH, UPDATE, MESSAGE
            Max-Forwards: 70
            User-Agent: deskphone T46 66.86.0.15
            Expires: 3600
            Allow-Events: talk,hold,conference,refer,check-sync
            """),
        SampleMessage.Create(
            "options",
            """
            OPTIONS sip:192.0.2.10:5060 SIP/2.0
            Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKkeep11223344
            Max-Forwards: 1
            From: <sip:ping@198.51.100.7>;tag=ping55d1
            To: <sip:192.0.2.10:5060>
            Call-ID: keepalive-20261122-9911@198.51.100.7
            CSeq: 9911 OPTIONS
            Contact: <sip:198.51.100.7:5060>
            Accept: application/sdp
            """),
    ];

    /// <summary>The INVITEs that begin calls: what the header copying is measured on.</summary>
    public static IEnumerable<SampleMessage> InitialInvites => All.Where(static message => message.Name.EndsWith("-invite", StringComparison.Ordinal) && message.Name != "re-invite");

    /// <summary>The message of this name.</summary>
    public static SampleMessage Get(string name) => All.Single(message => message.Name == name);
}
