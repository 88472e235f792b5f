using System.Text;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tests.WebSocket;

public sealed class WebSocketHandshakeTests
{
    private const string Good =
        "GET / HTTP/1.1\r\nHost: sip-ws.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://www.example.com\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";

    [Fact]
    public void Request_OfRfc7118_IsAccepted_AtItsLastByteAndNoSooner()
    {
        for (int cut = 0; cut < Good.Length; cut++)
        {
            Assert.Equal(WebSocketHandshakeResult.NeedMoreData, Read(Good[..cut], new WebSocketOptions(), out _, out int none));
            Assert.Equal(0, none);
        }

        Assert.Equal(WebSocketHandshakeResult.Accepted, Read(Good + "frames", new WebSocketOptions(), out string response, out int consumed));
        Assert.Equal(Good.Length, consumed);
        Assert.StartsWith("HTTP/1.1 101 ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: sip\r\n", response, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /", "GET /path?x=1", WebSocketHandshakeResult.Accepted)]
    [InlineData("Upgrade: websocket", "upgrade: WebSocket", WebSocketHandshakeResult.Accepted)]
    [InlineData("Connection: Upgrade", "Connection: keep-alive, Upgrade", WebSocketHandshakeResult.Accepted)]
    [InlineData("Protocol: sip", "Protocol: xmpp, sip", WebSocketHandshakeResult.Accepted)]
    [InlineData("Origin: http://www.example.com\r\n", "", WebSocketHandshakeResult.Accepted)]
    [InlineData("GET /", "POST /", WebSocketHandshakeResult.MethodNotAllowed)]
    [InlineData("HTTP/1.1", "HTTP/1.0", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host: sip-ws.example.com\r\n", "", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host: sip", "Host: a\r\nHost: sip", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Upgrade: websocket\r\n", "", WebSocketHandshakeResult.UpgradeRequired)]
    [InlineData("Connection: Upgrade\r\n", "Connection: keep-alive\r\n", WebSocketHandshakeResult.UpgradeRequired)]
    [InlineData("Version: 13", "Version: 8", WebSocketHandshakeResult.UpgradeRequired)]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Sec-WebSocket-Protocol: sip\r\n", "", WebSocketHandshakeResult.SubprotocolMissing)]
    [InlineData("Protocol: sip", "Protocol: sipp", WebSocketHandshakeResult.SubprotocolMissing)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", WebSocketHandshakeResult.BadRequest)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "????????????????????????", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host:", "Host :", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host:", " folded\r\nHost:", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host:", "X: a\nb\r\nHost:", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host:", "Content-Length: 5\r\nHost:", WebSocketHandshakeResult.BadRequest)]
    [InlineData("Host:", "Transfer-Encoding: chunked\r\nHost:", WebSocketHandshakeResult.BadRequest)]
    public void Request_Changed_IsAnsweredSo(string from, string to, WebSocketHandshakeResult expected)
    {
        Assert.Equal(expected, Read(Good.Replace(from, to, StringComparison.Ordinal), new WebSocketOptions(), out string response, out _));
        Assert.StartsWith(expected switch
        {
            WebSocketHandshakeResult.Accepted => "HTTP/1.1 101 ",
            WebSocketHandshakeResult.MethodNotAllowed => "HTTP/1.1 405 ",
            WebSocketHandshakeResult.UpgradeRequired => "HTTP/1.1 426 ",
            _ => "HTTP/1.1 400 ",
        }, response, StringComparison.Ordinal);
    }

    [Fact]
    public void Request_WithoutTheSubprotocol_IsToldSo_InFullHttp()
    {
        Read(Good.Replace("Sec-WebSocket-Protocol: sip\r\n", "", StringComparison.Ordinal), new WebSocketOptions(), out string response, out _);
        string[] parts = response.Split("\r\n\r\n", 2);
        Assert.StartsWith("HTTP/1.1 400 WebSocket Subprotocol Missing\r\n", parts[0], StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {parts[1].Length}", parts[0], StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Protocol: sip\"", parts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Origin_ThatIsForbidden_LearnsNothingOfTheSubprotocol()
    {
        string request = Good.Replace("Sec-WebSocket-Protocol: sip\r\n", "", StringComparison.Ordinal);
        Assert.Equal(WebSocketHandshakeResult.ForbiddenOrigin, Read(request, new WebSocketOptions { Origins = ["https://phone.example.com"] }, out _, out _));
    }

    [Theory]
    [InlineData("http://www.example.com", true)]
    [InlineData("HTTP://WWW.example.com", true)]
    [InlineData("http://www.example.com.evil.example", false)]
    [InlineData("https://www.example.com", false)]
    [InlineData("null", false)]
    public void Origin_OnTheList_IsLetIn(string origin, bool isLetIn)
    {
        var options = new WebSocketOptions { Origins = ["https://phone.example.com", "http://www.example.com"] };
        string request = Good.Replace("Origin: http://www.example.com", "Origin: " + origin, StringComparison.Ordinal);
        Assert.Equal(isLetIn ? WebSocketHandshakeResult.Accepted : WebSocketHandshakeResult.ForbiddenOrigin, Read(request, options, out _, out _));
    }

    [Fact]
    public void Request_TooLong_Is431()
    {
        string request = Good.Replace("Host:", "Cookie: " + new string('c', WebSocketLimits.MaxRequestBytes) + "\r\nHost:", StringComparison.Ordinal);
        Assert.Equal(WebSocketHandshakeResult.TooLarge, Read(request, new WebSocketOptions(), out string response, out _));
        Assert.StartsWith("HTTP/1.1 431 ", response, StringComparison.Ordinal);
        Assert.Equal(WebSocketHandshakeResult.TooLarge, Read(request[..(WebSocketLimits.MaxRequestBytes + 1)], new WebSocketOptions(), out _, out _));
        string lines = Good.Replace("Host:", string.Concat(Enumerable.Repeat("A: b\r\n", WebSocketLimits.MaxRequestLines)) + "Host:", StringComparison.Ordinal);
        Assert.Equal(WebSocketHandshakeResult.BadRequest, Read(lines, new WebSocketOptions(), out _, out _));
    }

    private static WebSocketHandshakeResult Read(string request, WebSocketOptions options, out string response, out int consumed)
    {
        byte[] buffer = new byte[WebSocketHandshake.MaxResponseBytes];
        WebSocketHandshakeResult result = WebSocketHandshake.Read(Encoding.Latin1.GetBytes(request), options, buffer, out consumed, out int length);
        response = Encoding.Latin1.GetString(buffer, 0, length);
        return result;
    }
}
