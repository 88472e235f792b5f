using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Signalling;

public sealed class RequestOwnerTests : ShardTest
{
    private readonly RecordingOwner _owner = new();
    private readonly Peer _bob;

    public RequestOwnerTests()
    {
        _bob = World.AddPeer("bob", "203.0.113.101");
    }

    [Fact]
    public void Request_Answered_TellsItsOwnerAndNobodyElse()
    {
        Send();
        SipText request = _bob.Take("OPTIONS");
        _bob.Respond(request, 100);
        _bob.Respond(request, 200, "t-bob");
        _bob.Respond(request, 200, "t-bob");
        World.Advance(10);
        Assert.Equal(["100", "200", "ended"], _owner.Told);
    }

    [Fact]
    public void Request_Unanswered_TimesOut()
    {
        Send();
        World.Advance(40);
        Assert.Equal(["timeout", "ended"], _owner.Told);
        Assert.Equal(11, _bob.TakeAll().Length);
    }

    [Fact]
    public void Request_ThatCannotBeSent_FailsAtOnce()
    {
        World.Unreachable.Add(_bob);
        Send();
        Assert.Equal(["failed", "ended"], _owner.Told);
    }

    [Fact]
    public void Request_Disowned_TellsNobody()
    {
        Send()!.Disown();
        _bob.Respond(_bob.Take("OPTIONS"), 200, "t-bob");
        World.Advance(10);
        Assert.Empty(_owner.Told);
    }

    private ClientTransaction? Send()
    {
        Assert.True(World.TryOpenFlow(new SipDestination(_bob.Endpoint, SipTransportKind.Udp), network: 0, out Flow flow));
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        TransactionLayer transactions = World.Shard.Core.Transactions;
        ClientTransaction? transaction = transactions.Open(SipMethod.Options, 7, _owner, flow, branch);
        Assert.NotNull(transaction);
        var writer = new SipWriter(new byte[1000]);
        writer.RequestLine(SipMethod.Options, "sip:203.0.113.101"u8);
        writer.Raw("Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch="u8);
        int branchOffset = writer.Length;
        writer.Raw(branch);
        writer.Raw("\r\nMax-Forwards: 70\r\nFrom: <sip:192.0.2.1>;tag=x\r\nTo: <sip:203.0.113.101>\r\nCall-ID: y\r\nCSeq: 7 OPTIONS\r\n"u8);
        writer.EndWithoutBody();
        return transactions.Start(transaction, writer, branchOffset) ? transaction : null;
    }

    private sealed class RecordingOwner : IRequestOwner
    {
        public List<string> Told { get; } = [];

        public void OnResponse(ClientTransaction transaction, SipMessage response) => Told.Add(response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture));

        public void OnFailure(ClientTransaction transaction, bool timedOut) => Told.Add(timedOut ? "timeout" : "failed");

        public void OnEnded(ClientTransaction transaction) => Told.Add("ended");
    }
}
