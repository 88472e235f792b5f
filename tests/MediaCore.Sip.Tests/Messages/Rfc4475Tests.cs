using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>RFC 4475: what the parser and <see cref="SipMessage.Validate"/> make of each message; docs/conformance/rfc4475.md has the same table.</summary>
public class Rfc4475Tests
{
    [Theory]
    [InlineData("wsinv", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("intmeth", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("esc01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("escnull", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("esc02", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("lwsdisp", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("longreq", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("dblreq", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("semiuri", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("transports", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("mpart01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("unreason", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("noreason", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("badinv01", ParseStatus.Complete, SipParseError.None, SipFault.Via, 400)]
    [InlineData("clerr", ParseStatus.Malformed, SipParseError.BodyTruncated, SipFault.Malformed, 400)]
    [InlineData("ncl", ParseStatus.Malformed, SipParseError.ContentLengthInvalid, SipFault.Malformed, 400)]
    [InlineData("scalar02", ParseStatus.Complete, SipParseError.None, SipFault.CSeq, 400)]
    [InlineData("scalarlg", ParseStatus.Complete, SipParseError.None, SipFault.CSeq, 0)]
    [InlineData("quotbal", ParseStatus.Complete, SipParseError.None, SipFault.To, 400)]
    [InlineData("ltgtruri", ParseStatus.Complete, SipParseError.None, SipFault.RequestUri, 400)]
    [InlineData("lwsruri", ParseStatus.Malformed, SipParseError.StartLine, SipFault.Malformed, 400)]
    [InlineData("lwsstart", ParseStatus.Malformed, SipParseError.StartLine, SipFault.Malformed, 400)]
    [InlineData("trws", ParseStatus.Malformed, SipParseError.StartLine, SipFault.Malformed, 400)]
    [InlineData("escruri", ParseStatus.Complete, SipParseError.None, SipFault.RequestUri, 400)]
    [InlineData("baddate", ParseStatus.Complete, SipParseError.None, SipFault.Date, 400)]
    [InlineData("regbadct", ParseStatus.Complete, SipParseError.None, SipFault.Contact, 400)]
    [InlineData("badaspec", ParseStatus.Complete, SipParseError.None, SipFault.To, 400)]
    [InlineData("baddn", ParseStatus.Malformed, SipParseError.NoHeaderEnd, SipFault.Malformed, 400)]
    [InlineData("badvers", ParseStatus.Complete, SipParseError.None, SipFault.Version, 505)]
    [InlineData("mismatch01", ParseStatus.Complete, SipParseError.None, SipFault.CSeqMethod, 400)]
    [InlineData("mismatch02", ParseStatus.Complete, SipParseError.None, SipFault.UnknownMethod, 501)]
    [InlineData("bigcode", ParseStatus.Malformed, SipParseError.StatusCode, SipFault.Malformed, 0)]
    [InlineData("badbranch", ParseStatus.Complete, SipParseError.None, SipFault.Via, 400)]
    [InlineData("insuf", ParseStatus.Complete, SipParseError.None, SipFault.MissingHeader, 400)]
    [InlineData("unkscm", ParseStatus.Complete, SipParseError.None, SipFault.UriScheme, 416)]
    [InlineData("novelsc", ParseStatus.Complete, SipParseError.None, SipFault.UriScheme, 416)]
    [InlineData("unksm2", ParseStatus.Complete, SipParseError.None, SipFault.To, 400)]
    [InlineData("bext01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("invut", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("regaut01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("multi01", ParseStatus.Complete, SipParseError.None, SipFault.DuplicateHeader, 400)]
    [InlineData("mcl01", ParseStatus.Malformed, SipParseError.ContentLengthConflict, SipFault.Malformed, 400)]
    [InlineData("bcast", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("zeromf", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("cparam01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("cparam02", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("regescrt", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("sdp01", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("inv2543", ParseStatus.Complete, SipParseError.None, SipFault.None, 0)]
    [InlineData("test", ParseStatus.Malformed, SipParseError.StartLine, SipFault.Malformed, 0)]
    public void TortureMessage_YieldsItsOutcome(string name, ParseStatus status, SipParseError error, SipFault fault, int statusCode)
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All[name]);
        SipValidation validation = message.Validate();
        Assert.Equal((status, error, fault, statusCode), (message.Status, message.Error, validation.Fault, validation.StatusCode));
        Assert.Equal(fault == SipFault.None, validation.IsValid);
    }

    [Fact]
    public void TortureTable_CoversEveryMessage()
    {
        int rows = typeof(Rfc4475Tests).GetMethod(nameof(TortureMessage_YieldsItsOutcome))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length;
        Assert.Equal(Rfc4475Messages.All.Count, rows);
    }

    [Fact]
    public void Wsinv_FoldsCompactFormsAndLists_AreRead()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["wsinv"]);
        Assert.Equal(SipMethod.Invite, message.Method);
        Assert.Equal("sip:vivekg@chair-dnrc.example.com;unknownparam", WireText.Text(message.RequestUri));
        Assert.True(message.TryGetMaxForwards(out int hops));
        Assert.Equal(68, hops);
        Assert.True(message.TryGetCSeq(out CSeqHeader cseq));
        Assert.Equal((9u, SipMethod.Invite), (cseq.Number, cseq.Method));
        Assert.Equal("1918181833n", WireText.Text(message.ToTag));
        Assert.Equal("98asjd8", WireText.Text(message.FromTag));
        Assert.True(message.TryGetFrom(out NameAddress from));
        Assert.Equal("\"J Rosenberg \\\\\\\"\"", WireText.Text(from.DisplayName));
        List<string> hosts = [];
        foreach (ReadOnlySpan<byte> value in message.EnumerateValues(SipHeaderName.Via))
        {
            Assert.True(ViaHeader.TryParse(value, out ViaHeader via));
            hosts.Add($"{WireText.Text(via.SentByHost)} {via.TransportKind} {WireText.Text(via.Branch)}");
        }

        Assert.Equal(["192.0.2.2 Udp 390skdjuw", "spindle.example.com Tcp z9hG4bK9ikj8", "192.168.255.111 Udp z9hG4bK30239"], hosts);
        Assert.True(message.TryGetHeader(SipHeaderName.Subject, out ReadOnlySpan<byte> subject));
        Assert.True(subject.IsEmpty);
        Assert.True(message.TryGetContact(out NameAddress contact));
        Assert.True(contact.TryGetParameter("q"u8, out ReadOnlySpan<byte> q));
        Assert.Equal("0.33", WireText.Text(q));
        Assert.True(contact.TryGetParameter("NewParam"u8, out ReadOnlySpan<byte> newValue));
        Assert.Equal("newvalue", WireText.Text(newValue));
        Assert.True(message.TryGetHeader("UnknownHeaderWithUnusualValue"u8, out ReadOnlySpan<byte> unusual));
        Assert.Equal(";;,,;;,;", WireText.Text(unusual));
        Assert.Equal(150, message.Body.Length);
    }

    [Fact]
    public void Intmeth_MethodTokenIsKeptAsWritten()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["intmeth"]);
        Assert.Equal(SipMethod.Unknown, message.Method);
        Assert.Equal("!interesting-Method0123456789_*+`.%indeed'~", WireText.Text(message.MethodToken));
        Assert.True(SipUri.TryParse(message.RequestUri, out SipUri uri));
        Assert.Equal("example.com", WireText.Text(uri.Host));
        Assert.Equal("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", WireText.Text(uri.User));
        Assert.Equal("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", WireText.Text(uri.Password));
        Assert.Equal("_token~1'+`*%!-.", WireText.Text(message.FromTag));
    }

    [Fact]
    public void Esc01_EscapesAreUndoneOnce()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["esc01"]);
        Assert.True(SipUri.TryParse(message.RequestUri, out SipUri uri));
        Assert.Equal(("sips:user@example.com", "example.net"), (User(uri), WireText.Text(uri.Host)));
        Assert.True(message.TryGetTo(out NameAddress to) && SipUri.TryParse(to.Uri, out uri));
        Assert.Equal("user", User(uri));
        Assert.True(message.TryGetFrom(out NameAddress from) && SipUri.TryParse(from.Uri, out uri));
        Assert.Equal("I have spaces", User(uri));
    }

    [Fact]
    public void Escnull_NulDoesNotEndAUser()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["escnull"]);
        List<string> users = [];
        foreach (ReadOnlySpan<byte> value in message.EnumerateValues(SipHeaderName.Contact))
        {
            Assert.True(NameAddress.TryParse(value, out NameAddress contact));
            Assert.True(SipUri.TryParse(contact.Uri, out SipUri uri));
            users.Add(User(uri));
        }

        Assert.Equal(["\0", "\0\0"], users);
        Assert.False(SipUri.AreEqual("sip:%00@host5.example.com"u8, "sip:%00%00@host5.example.com"u8));
    }

    [Fact]
    public void Esc02_EscapedNamesAreOtherNames()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["esc02"]);
        Assert.Equal(SipMethod.Unknown, message.Method);
        Assert.Equal(2, message.CountHeaders(SipHeaderName.Contact));
    }

    [Fact]
    public void Longreq_NothingIsCut()
    {
        string text = Rfc4475Messages.All["longreq"];
        SipMessage message = WireText.Parse(text);
        Assert.Equal(34, message.CountHeaders(SipHeaderName.Via));
        Assert.Contains($";tag={WireText.Text(message.FromTag)};", text, StringComparison.Ordinal);
        Assert.True(message.FromTag.Length > 100);
        Assert.Equal(text.Length, message.Length);
    }

    [Fact]
    public void Dblreq_OverUdp_TheRestIsIgnored()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["dblreq"]);
        Assert.Equal(SipMethod.Register, message.Method);
        Assert.True(message.Body.IsEmpty);
        Assert.True(message.Length < Rfc4475Messages.All["dblreq"].Length);
    }

    [Fact]
    public void Semiuri_EscapedAtSignBelongsToTheUser()
    {
        Assert.True(SipUri.TryParse(WireText.Parse(Rfc4475Messages.All["semiuri"]).RequestUri, out SipUri uri));
        Assert.Equal(("user;par=u@example.net", "example.com"), (User(uri), WireText.Text(uri.Host)));
    }

    [Fact]
    public void Transports_EveryTokenIsAccepted()
    {
        List<SipTransport> transports = [];
        foreach (ReadOnlySpan<byte> value in WireText.Parse(Rfc4475Messages.All["transports"]).EnumerateValues(SipHeaderName.Via))
        {
            Assert.True(ViaHeader.TryParse(value, out ViaHeader via));
            transports.Add(via.TransportKind);
        }

        Assert.Equal([SipTransport.Udp, SipTransport.Sctp, SipTransport.Tls, SipTransport.Unknown, SipTransport.Tcp], transports);
    }

    [Fact]
    public void Unreason_ReasonPhraseIsKeptWhole()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["unreason"]);
        Assert.Equal(200, message.StatusCode);
        Assert.StartsWith("= 2**3 * 5**2 ", WireText.Text(message.ReasonPhrase), StringComparison.Ordinal);
        Assert.Equal(SipMethod.Invite, message.Method);
    }

    [Fact]
    public void Noreason_ReasonPhraseIsEmpty()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["noreason"]);
        Assert.Equal(100, message.StatusCode);
        Assert.True(message.ReasonPhrase.IsEmpty);
    }

    [Fact]
    public void Cparam_ParameterBelongsToHeaderOrUriByBrackets()
    {
        Assert.True(WireText.Parse(Rfc4475Messages.All["cparam01"]).TryGetContact(out NameAddress bare));
        Assert.Equal(";unknownparam", WireText.Text(bare.Parameters));
        Assert.True(WireText.Parse(Rfc4475Messages.All["cparam02"]).TryGetContact(out NameAddress bracketed));
        Assert.EndsWith(";unknownparam", WireText.Text(bracketed.Uri), StringComparison.Ordinal);
        Assert.True(bracketed.Parameters.IsEmpty);
    }

    [Fact]
    public void Regescrt_EscapedHeaderStaysInTheUri()
    {
        Assert.True(WireText.Parse(Rfc4475Messages.All["regescrt"]).TryGetContact(out NameAddress contact));
        Assert.True(SipUri.TryParse(contact.Uri, out SipUri uri));
        Assert.Equal("Route=%3Csip:sip.example.com%3E", WireText.Text(uri.Headers));
    }

    [Fact]
    public void Inv2543_BodyIsTheRestAndTagsAreEmpty()
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All["inv2543"]);
        Assert.True(message.FromTag.IsEmpty);
        Assert.True(message.TopBranch.IsEmpty);
        Assert.StartsWith("v=0\r\n", WireText.Text(message.Body), StringComparison.Ordinal);
        Assert.True(message.TryGetTo(out NameAddress to));
        Assert.Equal(";user=phone", WireText.Text(to.Parameters));
    }

    [Theory]
    [InlineData("insuf")]
    [InlineData("baddn")]
    [InlineData("ncl")]
    [InlineData("lwsstart")]
    public void FaultyRequest_CanBeAnswered_AndItsViaIsReadable(string name)
    {
        SipMessage message = WireText.Parse(Rfc4475Messages.All[name]);
        Assert.True(message.CanAnswer);
        Assert.True(message.TryGetTopVia(out _));
        Assert.True(message.TryGetCSeq(out _));
    }

    [Theory]
    [InlineData("test")]
    [InlineData("bigcode")]
    [InlineData("scalarlg")]
    public void FaultyResponseOrRequestWithoutVia_IsNotAnswered(string name) => Assert.Equal(0, WireText.Parse(Rfc4475Messages.All[name]).Validate().StatusCode);

    private static string User(SipUri uri)
    {
        Span<byte> user = stackalloc byte[256];
        return WireText.Text(user[..uri.UnescapeUser(user)]);
    }
}
