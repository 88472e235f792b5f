using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Tests.Signalling;

public sealed class Q850Tests
{
    [Theory]
    [InlineData(200, 16)]
    [InlineData(404, 1)]
    [InlineData(486, 17)]
    [InlineData(600, 17)]
    [InlineData(480, 18)]
    [InlineData(403, 21)]
    [InlineData(603, 21)]
    [InlineData(408, 102)]
    [InlineData(487, 16)]
    [InlineData(488, 88)]
    [InlineData(484, 28)]
    [InlineData(410, 22)]
    [InlineData(500, 41)]
    [InlineData(503, 41)]
    [InlineData(599, 127)]
    public void Cause_OfAStatus(int status, int cause) => Assert.Equal(cause, Q850.FromStatus(status));

    [Theory]
    [InlineData("Q.850;cause=16;text=\"Terminated\"", 16)]
    [InlineData("q.850 ;cause=127", 127)]
    [InlineData("Q.850;cause=128", 0)]
    [InlineData("Q.850;cause=0", 0)]
    [InlineData("Q.850;cause=x", 0)]
    [InlineData("Q.850", 0)]
    [InlineData("SIP;cause=200", 0)]
    [InlineData("", 0)]
    public void Cause_OfAReasonValue(string value, int cause) => Assert.Equal(cause, Q850.ReadCause(System.Text.Encoding.ASCII.GetBytes(value)));
}
