using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Tests;

namespace MediaCore.Engine.Tests.Attacks;

/// <summary>
/// The published ways to bring SIP servers down, one test per case of docs/attacks.md, each against a server with a call up. Afterwards the loop lives, the call goes on and is
/// ended as ever, nothing is held (<see cref="World.Dispose"/>), and nothing of the call was in what the attacker got (<see cref="World.Arrive"/>).
/// </summary>
public sealed partial class AttackCaseTests : RegistrarTest
{
    private readonly Peer _mallory;

    public AttackCaseTests()
    {
        _mallory = World.AddPeer("mallory", "198.51.100.66");
    }

    [Fact]
    public void AC_01_CSeq_WithAVeryLongMethod() =>
        Attack(Message("INVITE", "sip:+1001@192.0.2.1").Replace("CSeq: 1 INVITE", "CSeq: 1 " + new string('A', 4000), StringComparison.Ordinal));

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(4096)]
    public void AC_02_LongTagAndBranch_ComeBackWhole(int length)
    {
        string tag = new('t', length);
        string message = Message("OPTIONS", "sip:192.0.2.1").Replace(";tag=", ";tag=" + tag, StringComparison.Ordinal);
        SipText[] answers = Attack(message, message.Replace("z9hG4bK", "z9hG4bK" + tag, StringComparison.Ordinal));
        Assert.All(answers.Where(static a => a.Status == 200), a => Assert.StartsWith(tag, a.FromTag, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("To: <sip:a@b>;tag=\r\n")]
    [InlineData("To: <sip:c@d>;tag=x\r\n")]
    [InlineData("To: \r\n")]
    [InlineData("t: <sip:e@f>;tag=;tag=\r\n")]
    public void AC_03_SecondTo(string header) => Attack(Message("INVITE", "sip:+1001@192.0.2.1", header), Message("BYE", "sip:+1001@192.0.2.1", header));

    [Theory]
    [InlineData("Via: ")]
    [InlineData("Via: SIP/2.0")]
    [InlineData("Via: SIP/2.0/UDP")]
    [InlineData("Via: SIP/2.0/UDP ;branch=z9hG4bKx")]
    [InlineData("Via: SIP/2.0/UDP [::1;branch=z9hG4bKx")]
    [InlineData("Via: SIP/2.0/UDP 198.51.100.66:99999;branch=z9hG4bKx")]
    [InlineData("Via: SIP/2.0/UDP 198.51.100.66;branch")]
    [InlineData("Via: ,,,,")]
    [InlineData("Via: SIP/2.0/UDP 198.51.100.66;received=;rport=;branch=z9hG4bK;;;")]
    public void AC_04_InvalidVia(string via) => Attack(ViaLine().Replace(Message("INVITE", "sip:+1001@192.0.2.1"), via + "\r\n", 1), ViaLine().Replace(Message("OPTIONS", "sip:192.0.2.1"), via + "\r\n", 1));

    [Fact]
    public void AC_05_Authorization_CutOffAnywhere()
    {
        const string Whole = "Digest username=\"bob\", realm=\"mediacore\", nonce=\"0123456789abcdef\", uri=\"sip:192.0.2.1\", response=\"00000000000000000000000000000000\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=00000001";
        string[] messages = [.. Enumerable.Range(0, Whole.Length).Select(i => Message("REGISTER", "sip:192.0.2.1", $"Authorization: {Whole[..i]}\r\n"))];
        SipText[] answers = Attack(messages);
        Assert.All(answers, static a => Assert.InRange(a.Status, 400, 499));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("4294967296")]
    [InlineData("99999999999999999999")]
    [InlineData("2147483647")]
    [InlineData("1")]
    [InlineData("+5")]
    [InlineData("5 5")]
    [InlineData("")]
    [InlineData("0x10")]
    public void AC_07_ContentLength_IsNotTrue(string length)
    {
        string message = Message("INVITE", "sip:+1001@192.0.2.1");
        Attack(message.Replace("Content-Length: 0", "Content-Length: " + length, StringComparison.Ordinal), message.Replace("Content-Length: 0\r\n", $"Content-Length: 0\r\nContent-Length: {length}\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("urn:service:sos")]
    [InlineData("sip:a%")]
    [InlineData("sip:a%4")]
    [InlineData("sip:%00@192.0.2.1")]
    [InlineData("sip:a@192.0.2.1:99999999999")]
    [InlineData("sip:@")]
    [InlineData("sip:")]
    [InlineData(":")]
    [InlineData("sip:a@[")]
    [InlineData("sip:a@192.0.2.1;;;==;?&&")]
    [InlineData("sip:%0d%0aX-Evil:1@192.0.2.1")]
    [InlineData("tel:")]
    public void AC_08_StrangeUri(string uri) => Attack(Message("INVITE", uri), Message("OPTIONS", uri), Message("REGISTER", uri), Message("INVITE", "sip:+1001@192.0.2.1", $"Contact: <{uri}>\r\n"), Message("OPTIONS", "sip:192.0.2.1", $"Route: <{uri}>\r\n"));

    [Theory]
    [InlineData("From: <sip:a@b>;tag")]
    [InlineData("From: \"unclosed <sip:a@b>;tag=1")]
    [InlineData("From: <sip:a@b;tag=1")]
    [InlineData("From: \"\\")]
    [InlineData("From:")]
    [InlineData("From: *")]
    public void AC_09_EdgesOfAddresses(string from)
    {
        Attack(FromLine().Replace(Message("INVITE", "sip:+1001@192.0.2.1"), from + "\r\n", 1), new string(' ', 500), "\r\n\r\n\r\n\r\n\r\n", "INVITE sip:a SIP/2.0\r\nVia", "INVITE sip:a SIP/2.0\r\nF");
    }

    [Theory]
    [InlineData("boundary=", "--\r\n")]
    [InlineData("boundary=\"\"", "----\r\n\r\n")]
    [InlineData("boundary=x", "--x\nContent-Type: application/sdp\n\nv=0\n--x--\n")]
    [InlineData("boundary=x", "--x\r\n")]
    [InlineData("boundary=x", "")]
    [InlineData("boundary=\"x", "--x\r\n\r\n--x--")]
    [InlineData("", "--x\r\n\r\n--x--")]
    public void AC_10_BrokenMultipart(string parameter, string body) =>
        Attack(Message("INVITE", "sip:+1001@192.0.2.1", $"Content-Type: multipart/mixed;{parameter}\r\n", body));

    [Fact]
    public void AC_11_HundredsOfAcceptHeaders() =>
        Attack([.. new[] { "INVITE", "SUBSCRIBE", "OPTIONS" }.Select(m => Message(m, "sip:+1001@192.0.2.1", string.Concat(Enumerable.Range(0, 300).Select(static i => $"Accept: application/x-{i}\r\n"))))]);

    [Fact]
    public void AC_12_IdentityHeader_WithoutParameters_OrEndless() =>
        Attack(Message("INVITE", "sip:+1001@192.0.2.1", "Identity: x\r\n"), Message("INVITE", "sip:+1001@192.0.2.1", "Identity: \r\n"), Message("INVITE", "sip:+1001@192.0.2.1", $"Identity: {new string('e', 20_000)};info=<https://169.254.169.254/>\r\n"));

    [Fact]
    public void AC_13_ControlCharacters_OfADisplayName_ReachNobody()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        _mallory.Send(FromLine().Replace(Message("INVITE", "sip:+1001@192.0.2.1", "", PeerSdp.Audio(_mallory)), "From: \"\u001b[31m\u0007\u0000\u0008x\" <sip:m@198.51.100.66>;tag=m-mallory\r\n", 1));
        if (Bob.TakeAny() is { } invite)
        {
            Assert.DoesNotContain(invite.Text, static c => char.IsControl(c) && c is not ('\r' or '\n'));
            Bob.Respond(invite, 486, "t-bob");
            Bob.Take("ACK");
        }

        Settle(caller, callee);
    }

    [Fact]
    public void AC_14_Notify_WithAnEndlessBody() =>
        Attack(Message("NOTIFY", "sip:+1001@192.0.2.1", "Event: dialog\r\nSubscription-State: active\r\nContent-Type: application/dialog-info+xml\r\n", "<?xml version=\"1.0\"?><dialog-info>" + new string('<', 50_000)));

    [Fact]
    public void AC_15_EndlessUserAndEvent()
    {
        string user = new('9', 10_000);
        Attack(Message("INVITE", $"sip:{user}@192.0.2.1"), Message("SUBSCRIBE", $"sip:{user}@192.0.2.1", $"Event: {user}\r\n"), Message("PUBLISH", "sip:a@192.0.2.1", $"SIP-If-Match: {user}\r\nEvent: presence\r\n"), Message("REGISTER", "sip:192.0.2.1", $"Contact: <sip:{user}@h>\r\n"));
    }

    [Fact]
    public void AC_16_BytesBeyondAscii_Anywhere()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        byte[] whole = Encoding.UTF8.GetBytes(Message("INVITE", "sip:+1999@192.0.2.1", "", PeerSdp.Audio(_mallory)));
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] bytes = [.. whole];
            bytes[i] = i % 2 == 0 ? (byte)0xff : (byte)0xc0;
            World.Deliver(_mallory, bytes);
        }

        _mallory.TakeAll();
        Settle(caller, callee);
    }

    [Fact]
    public void AC_17_Responses_ThatNobodyAskedFor()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        // The branch itself has 64 random bits; who has it is on the path, and the answer of a fork would be just so. One digit beside it is nothing.
        string branch = callee.Invite!.Branch;
        branch = branch[..^1] + (branch[^1] == '0' ? '1' : '0');
        foreach (string status in (string[])["183 Progress", "200 OK", "200 OK", "487 Gone", "401 Unauthorized", "302 Moved", "100 Trying", "699 Whatever"])
        {
            foreach (string via in (string[])[branch, branch + "0", branch[..23], "z9hG4bK", "z9hG4bK00000000000000000000000000000000", ""])
            {
                _mallory.Send($"SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={via}\r\nFrom: <sip:a@b>;tag=x\r\nTo: <sip:c@d>;tag=y\r\nCall-ID: {callee.CallId}\r\nCSeq: 1 INVITE\r\n"
                    + "Contact: <sip:evil@198.51.100.66>\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
            }
        }

        _mallory.TakeNothing();
        Alice.TakeNothing();
        Settle(caller, callee);
    }

    [Theory]
    [InlineData("m=audio 17000 RTP/AVP 4294967296")]
    [InlineData("m=audio 17000 RTP/AVP 0\r\na=fmtp:0 \0\0\0")]
    [InlineData("m=audio 17000 RTP/AVP 0\r\na=ptime:4294967295\r\na=maxptime:-1")]
    [InlineData("m=audio 99999 RTP/AVP 0")]
    [InlineData("m=audio 17000 RTP/AVP 0 101 102\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:102 telephone-event/8000")]
    [InlineData("m=audio 17000/65535 RTP/AVP 0")]
    [InlineData("m=")]
    [InlineData("c=IN IP4 0.0.0.0\r\nm=audio 17000 RTP/AVP 0")]
    [InlineData("m=audio 17000 RTP/AVP 0\r\nc=IN IP4 239.1.1.1/127/99999")]
    public void AC_18_HostileSession(string lines)
    {
        const string Head = "v=0\r\no=- 1 1 IN IP4 198.51.100.66\r\ns=-\r\nc=IN IP4 198.51.100.66\r\nt=0 0\r\n";
        Attack(Message("INVITE", "sip:+1999@192.0.2.1", "", Head + lines + "\r\n"), Message("INVITE", "sip:+1999@192.0.2.1", "", Head + string.Concat(Enumerable.Repeat(lines + "\r\n", 500))));
    }

    [Fact]
    public void AC_19_Flood_WithBranchesOfItsOwn_IsHeldInBounds()
    {
        World.Options = World.Options with { Defence = new DefenceOptions() };
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Policy.Admission = CallerAdmission.Challenge;
        long held = World.Statistics.ServerTransactions;
        int answers = 0;
        for (int i = 0; i < 3000; i++)
        {
            _mallory.Send(Message(i % 3 == 0 ? "REGISTER" : i % 3 == 1 ? "OPTIONS" : "INVITE", $"sip:{i}@192.0.2.1"));
            answers += _mallory.TakeAll().Length;
        }

        Assert.InRange(answers, 1, 10);
        Assert.Equal(held, World.Statistics.ServerTransactions);
        Assert.True(World.Guard.IsBanned(_mallory.Endpoint, World.Now));
        Settle(caller, callee);
    }

    [Fact]
    public void AC_22_Retransmissions_HoldNothing()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        string invite = Message("INVITE", "sip:+1999@192.0.2.1", "", PeerSdp.Audio(_mallory));
        _mallory.Send(invite);
        long held = World.Statistics.ServerTransactions;
        for (int i = 0; i < 1000; i++)
        {
            _mallory.Send(invite);
        }

        Assert.Equal(held, World.Statistics.ServerTransactions);
        Assert.DoesNotContain("INVITE", Bob.TakeAll());
        _mallory.TakeAll();
        Settle(caller, callee);
    }

    [Fact]
    public void AC_23_ExhaustedHops_AreRefused()
    {
        SipText answer = Assert.Single(Attack(Message("INVITE", "sip:+1001@192.0.2.1").Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal)));
        Assert.Equal(483, answer.Status);
    }

    [Fact]
    public void AC_24_CallId_OfAnotherCall_MeetsThatCallNowhere()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        foreach (string method in (string[])["BYE", "INVITE", "UPDATE", "INFO", "REFER", "CANCEL"])
        {
            // The Call-ID is known, the tags are guessed.
            string message = Message(method, "sip:+1999@192.0.2.1", "Refer-To: <sip:+1900@192.0.2.1>\r\n");
            message = CallIdLine().Replace(message, $"Call-ID: {caller.CallId}\r\n", 1);
            _mallory.Send(message);
            _mallory.Send(ToLine().Replace(message, "To: <sip:+1001@192.0.2.1>;tag=guess\r\n", 1).Replace("z9hG4bK", "z9hG4bKt", StringComparison.Ordinal));
            MayEchoCallId();
        }

        // Her refusals are repeated as long as she acknowledges none.
        World.Advance(40);
        MayEchoCallId();
        Bob.TakeNothing();
        Alice.TakeNothing();
        Settle(caller, callee);
    }

    [Fact]
    public void AC_26_Challenge_OfABye_GetsNoCredentials()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Bye();
        SipText bye = Bob.Take("BYE");
        Bob.Respond(bye, 401, extra: "WWW-Authenticate: Digest realm=\"mediacore\", nonce=\"n\", algorithm=MD5\r\n");
        Alice.Take("200 BYE");
        Assert.DoesNotContain(Bob.History, static h => h.Message.Has("Authorization") || h.Message.Has("Proxy-Authorization"));
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("PUBLISH")]
    [InlineData("REFER")]
    [InlineData("NOTIFY")]
    [InlineData("INFO")]
    [InlineData("INVITE")]
    public void AC_27_WithoutAPassword_NothingIsDelivered(string method)
    {
        Register(Bob);
        World.Policy.Admission = CallerAdmission.Challenge;
        _mallory.Send(Message(method, "sip:bob@192.0.2.1", "Event: presence\r\nRefer-To: <sip:+1900@192.0.2.1>\r\n"));
        SipText? answer = _mallory.TakeAny();
        Assert.True(answer is { Status: >= 400 and < 600 }, answer?.Text ?? "no answer");
        Bob.TakeNothing();
        World.Advance(4000);
    }

    [Theory]
    [MemberData(nameof(Collected))]
    public void Collected_Message_DoesNoHarm(string file)
    {
        byte[] bytes = file.Length == 0 ? "INVITE\r\n"u8.ToArray() : File.ReadAllBytes(SharedData.TryGetPath("attacks", "messages", file)!);

        // The answer goes to where it came from; the collector's addresses are examples.
        string text = Encoding.Latin1.GetString(bytes);
        text = SentBy().Replace(text, "${sent}198.51.100.66:5060", 1);
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Policy.Admission = CallerAdmission.Challenge;
        World.Deliver(_mallory, Encoding.Latin1.GetBytes(text));
        World.Deliver(_mallory, Encoding.Latin1.GetBytes(text));
        Bob.TakeNothing();
        _mallory.TakeAll();
        Settle(caller, callee);
    }

    /// <summary>The collected messages; the empty name stands for a checkout without them, where the cases above speak alone.</summary>
    public static TheoryData<string> Collected()
    {
        var files = new TheoryData<string>();
        if (SharedData.TryGetPath("attacks", "messages") is { } folder)
        {
            foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                files.Add(Path.GetFileName(file));
            }
        }

        if (files.Count == 0)
        {
            files.Add("");
        }

        return files;
    }

    [GeneratedRegex("Via:[^\n]*\n", RegexOptions.None, 1000)]
    private static partial Regex ViaLine();

    [GeneratedRegex("From:[^\n]*\n", RegexOptions.None, 1000)]
    private static partial Regex FromLine();

    [GeneratedRegex("To:[^\n]*\n", RegexOptions.None, 1000)]
    private static partial Regex ToLine();

    [GeneratedRegex("Call-ID:[^\n]*\n", RegexOptions.None, 1000)]
    private static partial Regex CallIdLine();

    [GeneratedRegex(@"(?<sent>SIP/2\.0/(?:UDP|TCP) )[^;\r\n]+", RegexOptions.None, 1000)]
    private static partial Regex SentBy();

    /// <summary>The attacker knows the call's Call-ID and hears it again in her answers; that alone is no leak.</summary>
    private void MayEchoCallId()
    {
        World.Violations.RemoveAll(static v => v.StartsWith("mallory sees something of alice", StringComparison.Ordinal));
        _mallory.TakeAll();
    }

    private string Message(string method, string uri, string extra = "", string? body = null)
    {
        string id = _mallory.NextId("m");
        return _mallory.Request(method, uri, $"<sip:m@198.51.100.66>;tag={id}", $"<{uri}>", id, 1, _mallory.NextBranch(), extra, body);
    }

    /// <summary>Sends the messages while a call is up, and what they bring is refused.</summary>
    private SipText[] Attack(params string[] messages)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        List<SipText> answers = [];
        foreach (string message in messages)
        {
            World.Deliver(_mallory, Encoding.Latin1.GetBytes(message));
            while (_mallory.TakeAny() is { } answer)
            {
                answers.Add(answer);
            }

            while (Bob.TakeAny() is { } request)
            {
                // It went through as a call like any other.
                if (request.Method != "ACK")
                {
                    Bob.Respond(request, 486, "refused-bob");
                }
            }
        }

        Settle(caller, callee);
        return [.. answers];
    }

    /// <summary>The loop lives and the call is as it was.</summary>
    private void Settle(PeerDialog caller, PeerDialog callee)
    {
        // A refusal repeats the From, To, Call-ID and CSeq that it refuses (RFC 3261 §8.2.6.2), broken as they are; but nothing of anybody else.
        foreach (string violation in World.Violations.Where(static v => v.StartsWith("not a valid message: SIP/2.0 4", StringComparison.Ordinal)).ToArray())
        {
            Assert.DoesNotContain("-alice", violation, StringComparison.Ordinal);
            Assert.DoesNotContain("-bob", violation, StringComparison.Ordinal);
            Assert.DoesNotContain(Bob.Host, violation, StringComparison.Ordinal);
            World.Violations.Remove(violation);
        }

        Assert.Equal(0, World.Statistics.Faults);
        Alice.Send(Alice.Request("OPTIONS", "sip:192.0.2.1", "<sip:a@198.51.100.10>;tag=o-alice", "<sip:192.0.2.1>", "alive-alice", 1, Alice.NextBranch()));
        Alice.Take("200 OPTIONS");
        HangUp(caller, callee);
    }
}
