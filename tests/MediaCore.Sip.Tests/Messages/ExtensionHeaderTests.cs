using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class ExtensionHeaderTests
{
    [Theory]
    [InlineData("776656 1 INVITE", 776656u, 1u, SipMethod.Invite)]
    [InlineData(" 1\t2  INVITE ", 1u, 2u, SipMethod.Invite)]
    [InlineData("4294967295 4294967295 foo", uint.MaxValue, uint.MaxValue, SipMethod.Unknown)]
    public void RAck_IsRead(string text, uint number, uint cseq, SipMethod method)
    {
        Assert.True(RAckHeader.TryParse(Encoding.ASCII.GetBytes(text), out RAckHeader rack));
        Assert.Equal(new RAckHeader(number, cseq, method), rack);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 2")]
    [InlineData("12INVITE")]
    [InlineData("x 2 INVITE")]
    [InlineData("4294967296 2 INVITE")]
    [InlineData("1 2 INVITE x")]
    public void RAck_ThatIsNone_IsRefused(string text) => Assert.False(RAckHeader.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("4000", 4000u, SessionRefresher.Unspecified)]
    [InlineData(" 4000 ;refresher=uac", 4000u, SessionRefresher.Uac)]
    [InlineData("4000;foo=\"a;refresher=uac\";REFRESHER=Uas", 4000u, SessionRefresher.Uas)]
    [InlineData("4000;refresher=proxy", 4000u, SessionRefresher.Unspecified)]
    [InlineData("0;refresher", 0u, SessionRefresher.Unspecified)]
    public void SessionExpires_IsRead(string text, uint seconds, SessionRefresher refresher)
    {
        Assert.True(SessionExpiresHeader.TryParse(Encoding.ASCII.GetBytes(text), out SessionExpiresHeader header));
        Assert.Equal(new SessionExpiresHeader(seconds, refresher), header);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";refresher=uac")]
    [InlineData("soon")]
    [InlineData("4294967296")]
    [InlineData("-1")]
    public void SessionExpires_ThatIsNone_IsRefused(string text) => Assert.False(SessionExpiresHeader.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
