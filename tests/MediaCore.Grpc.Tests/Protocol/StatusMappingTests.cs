using System.Net;
using System.Security.Authentication;
using Grpc.Core;
using Grpc.Protocol;

namespace MediaCore.Grpc.Tests.Protocol;

public sealed class StatusMappingTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(431, StatusCode.Internal)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(200, StatusCode.Unknown)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(418, StatusCode.Unknown)]
    public void HttpStatus_WithoutAGrpcStatus_IsMapped(int http, StatusCode status) => Assert.Equal(status, StatusMapping.FromHttp((HttpStatusCode)http));

    [Theory]
    [InlineData(0, StatusCode.Internal)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(3, StatusCode.Internal)]
    [InlineData(6, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(9, StatusCode.Internal)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public void ResetOfAStream_IsMapped(int code, StatusCode status)
    {
        Assert.Equal(status, StatusMapping.FromHttp2(code));
        Assert.Equal(status, StatusMapping.FromException(new HttpRequestException("x", new HttpProtocolException(code, "x", null))).StatusCode);
    }

    /// <summary>Whoever is to mend it has to know what is wrong with the certificate; the exceptions around say "see inner exception".</summary>
    [Fact]
    public void HandshakeThatFailed_SaysWhy()
    {
        AuthenticationException inner = new("Authentication failed, see inner exception.", new InvalidOperationException("RemoteCertificateNameMismatch"));
        Status status = StatusMapping.FromException(new HttpRequestException("The SSL connection could not be established, see inner exception.", inner));
        Assert.Equal((StatusCode.Unavailable, "The server cannot be reached: RemoteCertificateNameMismatch"), (status.StatusCode, status.Detail));
    }

    [Theory]
    [InlineData("0", StatusCode.OK)]
    [InlineData("16", StatusCode.Unauthenticated)]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("99", StatusCode.Unknown)]
    public void StatusText_IsRead(string text, StatusCode status)
    {
        Assert.True(StatusText.TryParse(text, out StatusCode read));
        Assert.Equal(status, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("OK")]
    public void StatusText_ThatIsNoNumber_IsNone(string text) => Assert.False(StatusText.TryParse(text, out _));
}
