using MediaCore.Engine.Control;
using System.Text;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Tests;

namespace MediaCore.Engine.Tests.Signalling;

/// <summary>What a flood brings is answered or dropped without a byte of memory.</summary>
public sealed class StatelessAllocationTests
{
    [Theory]
    [InlineData("OPTIONS sip:192.0.2.1 SIP/2.0", "OPTIONS", "")]
    [InlineData("BYE sip:x@192.0.2.1 SIP/2.0", "BYE", ";tag=gone")]
    [InlineData("MESSAGE sip:x@192.0.2.1 SIP/2.0", "MESSAGE", "")]
    [InlineData("NONSENSE sip:x@192.0.2.1 SIP/2.0", "NONSENSE", "")]
    [InlineData("REGISTER sip:192.0.2.1 SIP/2.0", "REGISTER", "")]
    [InlineData("INVITE sip:x@192.0.2.1 SIP/2.0", "OPTIONS", "")]
    [InlineData("ACK sip:x@192.0.2.1 SIP/2.0", "ACK", ";tag=gone")]
    [InlineData("CANCEL sip:x@192.0.2.1 SIP/2.0", "CANCEL", "")]
    public void Request_AnsweredWithoutState_AllocatesNothing(string startLine, string method, string toTag) =>
        AssertNothing($"{startLine}\r\nVia: SIP/2.0/UDP 198.51.100.10:5060;rport;branch=z9hG4bKone\r\nMax-Forwards: 70\r\nFrom: <sip:a@198.51.100.10>;tag=1\r\nTo: <sip:x@192.0.2.1>{toTag}\r\nCall-ID: x\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n");

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("what is this")]
    [InlineData("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK00000001000000010000abcd\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n")]
    public void Message_Dropped_AllocatesNothing(string text) => AssertNothing(text);

    private static void AssertNothing(string text)
    {
        var output = new Nowhere();
        var world = new World();
        var services = new EngineServices { Policy = world.Policy, Accounts = world.Accounts, CallRecords = world, Loggers = new RecordingLogs() };
        var context = new ShardContext(0, world.Options, services, new SessionTable(64), new SipHashKey(1, 2), output, world.Now) { Now = world.Now };
        var core = new ShardCore(context, new SimulatedMediaPorts([]), world.Locations, world.Gate, 10);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        var flow = new Flow(new ListenerIdentity(0, SipTransportKind.Udp, World.Endpoint(World.ServerHost, 5060), World.ServerHost, 5060), World.Endpoint("198.51.100.10", 5060));
        AllocationAssert.Zero(2000, 1000, () => core.HandleMessage(bytes, 0, bytes.Length, flow, handedOver: false));
        Assert.Equal(0, context.Statistics.Faults);
        Assert.Equal(0, context.Statistics.ServerTransactions);
    }

    private sealed class Nowhere : ISignallingOutput
    {
        public bool Send(in Flow flow, ReadOnlySpan<byte> message) => true;

        public bool TryOpenFlow(in SipDestination destination, int network, out Flow flow)
        {
            flow = default;
            return false;
        }

        public bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message) => false;

        public bool TryLocate(PeerLookup lookup) => false;

        public bool Post(int shard, MediaCore.Engine.Subscriptions.SubscriptionItem item) => false;

        public bool Post(int shard, ControlExchange exchange) => false;

        public void FetchPrompt(PromptSource prompt, SessionHandle call) => throw new InvalidOperationException("No call gets so far.");

        public void FetchPrompt(PromptFetch fetch) => throw new InvalidOperationException("No call gets so far.");
    }
}
