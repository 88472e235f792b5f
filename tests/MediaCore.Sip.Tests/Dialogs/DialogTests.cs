using FsCheck.Xunit;
using MediaCore.Sip.Dialogs;
using static System.Text.Encoding;

namespace MediaCore.Sip.Tests.Dialogs;

public class DialogTests
{
    private readonly Dialog _dialog = new();

    [Fact]
    public void Identity_IsKept_AndMatches()
    {
        SetIdentity("r-tag");
        Assert.Equal("call@host", Text(_dialog.CallId));
        Assert.Equal("l-tag", Text(_dialog.LocalTag));
        Assert.Equal("r-tag", Text(_dialog.RemoteTag));
        Assert.Equal("\"A\" <sip:a@x>", Text(_dialog.LocalAddress));
        Assert.Equal("<sip:b@y>", Text(_dialog.RemoteAddress));
        Assert.True(_dialog.Matches("call@host"u8, "l-tag"u8, "r-tag"u8));
        Assert.False(_dialog.Matches("call@host"u8, "l-tag"u8, "R-TAG"u8));
        Assert.False(_dialog.Matches("call@host"u8, "r-tag"u8, "l-tag"u8));
        Assert.False(_dialog.Matches("Call@host"u8, "l-tag"u8, "r-tag"u8));
    }

    [Fact]
    public void UAC_LearnsTagAndTarget_FromTheResponse_OthersStay()
    {
        SetIdentity("");
        Assert.True(_dialog.RemoteTag.IsEmpty);
        Assert.True(_dialog.SetRemoteTag("a-much-longer-tag"u8));
        Assert.True(_dialog.SetRemoteTarget("sip:b@10.0.0.1:5070"u8));
        Assert.True(_dialog.SetRemoteTarget("sip:c@z"u8));
        Assert.Equal("a-much-longer-tag", Text(_dialog.RemoteTag));
        Assert.Equal("sip:c@z", Text(_dialog.RemoteTarget));
        Assert.Equal("<sip:b@y>", Text(_dialog.RemoteAddress));
    }

    [Fact]
    public void State_EarlyToConfirmedToTerminated_NeverBack()
    {
        Assert.Equal(DialogState.Early, _dialog.State);
        _dialog.Confirm();
        Assert.Equal(DialogState.Confirmed, _dialog.State);
        _dialog.Terminate();
        _dialog.Confirm();
        Assert.Equal(DialogState.Terminated, _dialog.State);
        _dialog.Reset();
        Assert.Equal(DialogState.Early, _dialog.State);
    }

    [Fact]
    public void NoRoutes_RequestGoesToTheTarget()
    {
        _dialog.SetRemoteTarget("sip:b@10.0.0.1"u8);
        Assert.False(_dialog.FirstRouteIsLoose);
        Assert.Equal("sip:b@10.0.0.1", Text(_dialog.RequestUri));
        Assert.Equal("sip:b@10.0.0.1", Text(_dialog.NextHopUri));
        Assert.Equal(0, _dialog.RequestRouteCount);
    }

    [Fact]
    public void UAS_KeepsRecordRouteInOrder_UAC_ReversesIt()
    {
        _dialog.AddRoute("<sip:p1;lr>"u8);
        _dialog.AddRoute("<sip:p2;lr>"u8);
        Assert.Equal(["<sip:p1;lr>", "<sip:p2;lr>"], Routes());
        Assert.Equal("<sip:p2;lr>", Text(_dialog.GetRoute(1)));
        _dialog.ClearRoutes();
        Assert.Equal(0, _dialog.RouteCount);
        _dialog.PrependRoute("<sip:p1;lr>"u8);
        _dialog.PrependRoute("<sip:p2;lr>"u8);
        Assert.Equal(["<sip:p2;lr>", "<sip:p1;lr>"], Routes());
    }

    [Fact]
    public void LooseRouter_RequestUriIsTheTarget_NextHopIsTheFirstRoute()
    {
        _dialog.SetRemoteTarget("sip:b@10.0.0.1"u8);
        _dialog.AddRoute("\"P <1>\" <sip:p1.example;lr=on>;x=y"u8);
        _dialog.AddRoute("<sip:p2>"u8);
        Assert.True(_dialog.FirstRouteIsLoose);
        Assert.Equal("sip:b@10.0.0.1", Text(_dialog.RequestUri));
        Assert.Equal("sip:p1.example;lr=on", Text(_dialog.NextHopUri));
        Assert.Equal(["\"P <1>\" <sip:p1.example;lr=on>;x=y", "<sip:p2>"], Routes());
    }

    // RFC 3261 §12.2.1.1: the strict router's URI becomes the Request-URI, the target ends the Route list.
    [Fact]
    public void StrictRouter_RequestUriIsTheRoute_TargetComesLast()
    {
        _dialog.SetRemoteTarget("sip:b@10.0.0.1;x=1"u8);
        _dialog.AddRoute("<sip:p1.example;method=INVITE;transport=tcp?Subject=x>"u8);
        _dialog.AddRoute("<sip:p2;lr>"u8);
        Assert.False(_dialog.FirstRouteIsLoose);
        Assert.Equal("sip:p1.example;transport=tcp", Text(_dialog.RequestUri));
        Assert.Equal("sip:p1.example;transport=tcp", Text(_dialog.NextHopUri));
        Assert.Equal(["<sip:p2;lr>", "<sip:b@10.0.0.1;x=1>"], Routes());
        _dialog.PrependRoute("<sip:p0;lr>"u8);
        Assert.Equal("sip:b@10.0.0.1;x=1", Text(_dialog.RequestUri));
    }

    [Theory]
    [InlineData("<sip:p;lr>", true)]
    [InlineData("<sip:p;LR>", true)]
    [InlineData("<sip:p;transport=udp;lr=on;ftag=x>", true)]
    [InlineData("<sip:user;lr@p>", false)]
    [InlineData("<sip:user;lr;x@p>", false)]
    [InlineData("<sip:user;lr@p;lr>", true)]
    [InlineData("<sip:p;lrx>", false)]
    [InlineData("<sip:p?x=;lr>", false)]
    [InlineData("<sip:p>;lr", false)]
    [InlineData("sip:p;lr", false)]
    [InlineData("<sip:[::1]:5060;lr>", true)]
    public void Loose_IsTheUrisOwnLrParameter(string route, bool loose)
    {
        Assert.True(_dialog.AddRoute(UTF8.GetBytes(route)));
        Assert.Equal(loose, _dialog.FirstRouteIsLoose);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("<sip:p")]
    [InlineData("\"unfinished <sip:p>")]
    [InlineData("\"a\\")]
    public void Route_WithoutUri_IsRefused(string route)
    {
        Assert.False(_dialog.AddRoute(UTF8.GetBytes(route)));
        Assert.Equal(0, _dialog.RouteCount);
    }

    [Fact]
    public void Limits_AreKept_AndARefusalChangesNothing()
    {
        SetIdentity("r");
        Assert.False(_dialog.SetIdentity(new byte[DialogLimits.MaxCallIdBytes + 1], "x"u8, "x"u8, "x"u8, "x"u8));
        Assert.False(_dialog.SetRemoteTag(new byte[DialogLimits.MaxTagBytes + 1]));
        Assert.False(_dialog.SetRemoteTarget(new byte[DialogLimits.MaxTargetBytes + 1]));
        Assert.False(_dialog.SetRemoteTarget(""u8));
        Assert.False(_dialog.SetRemoteTarget("sip:a>,<sip:b"u8));
        Assert.False(_dialog.AddRoute(new byte[DialogLimits.MaxRouteBytes + 1]));
        Assert.Equal("call@host", Text(_dialog.CallId));
        Assert.Equal("r", Text(_dialog.RemoteTag));
        Assert.True(_dialog.RemoteTarget.IsEmpty);

        for (int i = 0; i < DialogLimits.MaxRoutes; i++)
        {
            Assert.True(_dialog.AddRoute("<sip:p;lr>"u8));
        }

        Assert.False(_dialog.AddRoute("<sip:p;lr>"u8));
        Assert.False(_dialog.PrependRoute("<sip:p;lr>"u8));
        Assert.Equal(DialogLimits.MaxRoutes, _dialog.RouteCount);
    }

    [Fact]
    public void Arena_HasABound_OverAllParts()
    {
        byte[] route = UTF8.GetBytes($"<sip:{new string('p', DialogLimits.MaxRouteBytes - 6)}>");
        int added = 0;
        while (_dialog.PrependRoute(route))
        {
            added++;
        }

        Assert.InRange(added, 7, 15);
        Assert.Equal(added, _dialog.RouteCount);
        Assert.Equal(UTF8.GetString(route)[1..^1], Text(_dialog.RequestUri));
    }

    [Fact]
    public void Target_TakenFromTheDialogsOwnRoute_IsNotTorn()
    {
        _dialog.AddRoute("<sip:p1;lr>"u8);
        _dialog.AddRoute("<sip:p2;lr>"u8);
        Assert.True(_dialog.AddRoute(_dialog.GetRoute(0)));
        Assert.True(_dialog.SetRemoteTag(_dialog.GetRoute(1)));
        Assert.Equal("<sip:p2;lr>", Text(_dialog.RemoteTag));
        Assert.Equal("<sip:p1;lr>", Text(_dialog.GetRoute(2)));
    }

    [Fact]
    public void RemoteCSeq_LowerIsRefused_GapsAreFine()
    {
        Assert.True(_dialog.AcceptRemoteCSeq(10));
        Assert.True(_dialog.AcceptRemoteCSeq(10));
        Assert.True(_dialog.AcceptRemoteCSeq(99));
        Assert.False(_dialog.AcceptRemoteCSeq(98));
        Assert.False(_dialog.AcceptRemoteCSeq(0x8000_0000));
        Assert.Equal(99u, _dialog.RemoteCSeq);
        _dialog.Reset();
        Assert.True(_dialog.AcceptRemoteCSeq(0));
        Assert.True(_dialog.AcceptRemoteCSeq(1));
        Assert.False(_dialog.AcceptRemoteCSeq(0));
    }

    [Fact]
    public void LocalCSeq_CountsUpByOne_ToItsEnd()
    {
        Assert.Equal(1u, _dialog.NextLocalCSeq());
        _dialog.SetLocalCSeq(DialogLimits.MaxCSeq - 1);
        Assert.Equal(DialogLimits.MaxCSeq, _dialog.NextLocalCSeq());
        Assert.Throws<InvalidOperationException>(() => _dialog.NextLocalCSeq());
        Assert.Throws<ArgumentOutOfRangeException>(() => _dialog.SetLocalCSeq(DialogLimits.MaxCSeq + 1));
    }

    [Fact]
    public void ReusedDialog_AllocatesNothing()
    {
        AllocationProbe.AssertZero(() =>
        {
            _dialog.Reset();
            SetIdentity("r-tag");
            _dialog.SetRemoteTarget("sip:b@10.0.0.1:5070;transport=udp"u8);
            _dialog.AddRoute("<sip:p1.example.org>"u8);
            _dialog.PrependRoute("<sip:p2.example.org;lr>"u8);
            _dialog.SetRemoteTarget("sip:b@10.0.0.2"u8);
            _dialog.NextLocalCSeq();
        });
    }

    /// <summary>Whatever is stored in whatever order comes out again: the arena never mixes segments up.</summary>
    [Property]
    public void Arena_KeepsSegmentsApart(byte[] tag, byte[] target, byte[][] routes)
    {
        Dialog dialog = new();
        List<string> expected = [];
        byte[] cleanTarget = Clean(target);
        foreach (byte[] raw in routes.Take(DialogLimits.MaxRoutes))
        {
            byte[] route = [(byte)'<', .. Clean(raw), (byte)'>'];
            bool front = raw.Length % 2 == 0;
            Assert.True(front ? dialog.PrependRoute(route) : dialog.AddRoute(route));
            expected.Insert(front ? 0 : expected.Count, Latin1.GetString(route));
            Assert.True(dialog.SetRemoteTag(tag));
            Assert.True(dialog.SetRemoteTarget(cleanTarget));
        }

        Assert.True(dialog.SetIdentity(tag, cleanTarget, tag, tag, cleanTarget));
        Assert.Equal(expected, Enumerable.Range(0, dialog.RouteCount).Select(i => Latin1.GetString(dialog.GetRoute(i))));
        Assert.Equal(tag, dialog.CallId.ToArray());
        Assert.Equal(cleanTarget, dialog.LocalTag.ToArray());
        Assert.Equal(expected.Count == 0 ? [] : cleanTarget, dialog.RemoteTarget.ToArray());
    }

    private static byte[] Clean(byte[] bytes) => [(byte)'s', .. bytes.Where(b => b is not ((byte)'<' or (byte)'>'))];

    private static string Text(ReadOnlySpan<byte> bytes) => UTF8.GetString(bytes);

    private string[] Routes() => [.. Enumerable.Range(0, _dialog.RequestRouteCount).Select(i => Text(_dialog.GetRequestRoute(i)))];

    private void SetIdentity(string remoteTag)
    {
        Span<byte> tag = stackalloc byte[16];
        int length = UTF8.GetBytes(remoteTag, tag);
        Assert.True(_dialog.SetIdentity("call@host"u8, "l-tag"u8, tag[..length], "\"A\" <sip:a@x>"u8, "<sip:b@y>"u8));
    }
}
