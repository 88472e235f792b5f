using FsCheck.Xunit;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Registrar;

/// <summary>A REGISTER that comes again: answered as the first time, and with no effect of its own (RFC 3261 §8.2.7, §10.3).</summary>
public sealed class RetransmissionTests : RegistrarTest
{
    [Fact]
    public void REGISTER_Retransmitted_GetsTheSameAnswer_AndKeepsNoTransaction()
    {
        SipText first = Register(Bob);
        Assert.Equal(0, World.Statistics.ServerTransactions);
        Assert.Equal(first.Text, Again().Text);
        World.Advance(20);
        Assert.Equal(first.Text.Replace("expires=3600", "expires=3580", StringComparison.Ordinal), Again().Text);
        Binding binding = Assert.Single(World.Locations.Get("bob", World.Now));
        Assert.InRange(binding.ExpiresAt - World.Now, TimeSpan.FromSeconds(3579.9), TimeSpan.FromSeconds(3580.1));
        Assert.Equal(2, World.Statistics.RequestRetransmissionsReceived);
        Assert.Equal(1, World.Statistics.Registrations);
    }

    [Fact]
    public void REGISTER_Retransmitted_AtAnotherShard_GetsTheSameAnswer()
    {
        World.ShardCount = 2;
        Register(Bob);
        World.EntryShard = 1;
        Assert.Equal(200, Again().Status);
        Assert.Single(World.Locations.Get("bob", World.Now));
    }

    [Theory]
    [InlineData("Expires: 30\r\n", null, 423)]
    [InlineData("Expires: 0\r\n", "*, <sip:x-bob@203.0.113.101>", 400)]
    [InlineData("", "<sip:x-bob@203.0.113.101>;expires=600, <sip:y-bob@203.0.113.101>;expires=600, <sip:z-bob@203.0.113.101>;expires=600", 403)]
    public void Refusal_Retransmitted_IsTheSameRefusal(string extra, string? contact, int status)
    {
        World.Options = World.Options with { MaxContactsPerAccount = 2 };
        SipText first = Register(Bob, contact, extra);
        Assert.Equal(status, first.Status);
        Assert.Equal(first.Text, Again().Text);
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    /// <summary>A phone that takes a refusal for a success would not be reached any more: what is bound is of another flow of its.</summary>
    [Theory]
    [InlineData("<sip:bob@203.0.113.101>", "")]
    [InlineData("*", "Expires: 0\r\n")]
    public void Refusal_OfALateCSeq_Retransmitted_IsTheSameRefusal(string contact, string extra)
    {
        Register(Bob, "<sip:bob@203.0.113.101>", callId: "one-bob", cseq: 9);
        Assert.Equal(500, Register(Bob, contact, extra, callId: "one-bob", cseq: 4).Status);
        Assert.Equal(500, Again().Status);
        Assert.Single(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void Contacts_UpToTheLimit_Retransmitted_AreAccepted()
    {
        World.Options = World.Options with { MaxContactsPerAccount = 2 };
        SipText first = Register(Bob, "<sip:x-bob@203.0.113.101>, <sip:y-bob@203.0.113.101>");
        Assert.Equal(200, first.Status);
        Assert.Equal(first.Text, Again().Text);
        Assert.Equal(2, World.Locations.Get("bob", World.Now).Length);
    }

    [Theory]
    [InlineData("*", "Expires: 0\r\n")]
    [InlineData(null, "Expires: 0\r\n")]
    public void Removal_Retransmitted_RemovesNothingThatCameSince(string? contact, string extra)
    {
        Register(Bob, callId: "one-bob", cseq: 2);
        Assert.Equal(200, Register(Bob, contact, extra, callId: "one-bob", cseq: 4).Status);
        string removal = Bob.Sent[^1];
        Register(Bob, callId: "one-bob", cseq: 6);
        Bob.Send(removal);
        Assert.Equal(500, TakeAnswer(Bob).Status);
        Assert.Single(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void Binding_RetransmittedAfterItsRemoval_StaysRemoved()
    {
        Register(Bob, callId: "one-bob", cseq: 2);
        string binding = Bob.Sent[^1];
        Register(Bob, extra: "Expires: 0\r\n", callId: "one-bob", cseq: 4);
        Bob.Send(binding);
        Assert.False(TakeAnswer(Bob).Has("Contact"));
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void Copy_FromAnotherAddress_OrInAnotherTransaction_IsNoRetransmission()
    {
        Register(Bob);
        string request = Bob.Sent[^1];
        World.MayPassAddresses = true;
        Carol.Send(request);
        Assert.Equal(401, TakeAnswer(Carol).Status);
        Bob.Send(request.Replace("branch=z9hG4bK", "branch=z9hG4bKx", StringComparison.Ordinal));
        Assert.Contains("stale=true", TakeAnswer(Bob)["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(1, World.Statistics.Registrations);
    }

    /// <summary>Who has captured a REGISTER and can send in its sender's name has its branch and credentials; what it asks for with them is not done.</summary>
    [Theory]
    [InlineData("<sip:evil@203.0.113.101>", "")]
    [InlineData("<sip:c-bob@203.0.113.101:5070>;expires=0", "")]
    [InlineData("*", "Expires: 0\r\n")]
    public void Replay_WithOtherContacts_ChangesNothing(string contact, string extra)
    {
        Register(Bob);
        string captured = Bob.Sent[^1];
        Binding[] bound = World.Locations.GetStored("bob");
        int start = captured.IndexOf("Contact: ", StringComparison.Ordinal);
        int end = captured.IndexOf("\r\n", start, StringComparison.Ordinal) + 2;
        Bob.Send($"{captured[..start]}Contact: {contact}\r\n{extra}{captured[end..]}".Replace(" REGISTER\r\n", "9 REGISTER\r\n", StringComparison.Ordinal));
        TakeAnswer(Bob);
        Assert.Same(bound, World.Locations.GetStored("bob"));
        Assert.Equal(1, World.Statistics.Registrations);
    }

    /// <summary>Whatever the network does to the first datagrams, a phone that retransmits as RFC 3261 §17.1.2 wants is registered in the end, and only once.</summary>
    [Property(MaxTest = 150)]
    public void Registration_OverABadNetwork_EndsIn200(byte[] fates)
    {
        var network = new BadNetwork(Bob, fates);
        for (int i = 0; i < 3; i++)
        {
            var phone = new RegisteringPhone(network);
            phone.Run();
            Assert.Equal(200, phone.Status);
            Binding binding = Assert.Single(World.Locations.Get("bob", World.Now));
            Assert.Equal(phone.CSeq, binding.CSeq);
        }
    }

    private SipText Again()
    {
        Bob.Send(Bob.Sent[^1]);
        return TakeAnswer(Bob);
    }

    /// <summary>Loses, repeats and delays one datagram after the other, in both directions, as long as it has fates; then it carries all.</summary>
    private sealed class BadNetwork(Peer peer, byte[] fates)
    {
        // With fewer losses than a request has transmissions (11 in 32 s), one gets through.
        private const int MaxFates = 9;
        private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
        private int _next;
        private int _order;

        public Peer Peer => peer;

        public World World => peer.World;

        public Action<SipText> Receive { get; set; } = static _ => { };

        public void Send(string request) => Carry(() =>
        {
            peer.Send(request);
            while (peer.TakeAny() is { } answer)
            {
                Carry(() => Receive(answer));
            }
        });

        public void After(double seconds, Action action) => _events.Enqueue(action, ((World.Now + TimeSpan.FromSeconds(seconds)).Nanoseconds, _order++));

        public bool Step()
        {
            if (!_events.TryDequeue(out Action? action, out (long At, int Order) due))
            {
                return false;
            }

            World.Advance(TimeSpan.FromMicroseconds(Math.Max(0, (due.At - World.Now.Nanoseconds) / 1000)));
            action();
            return true;
        }

        private void Carry(Action arrive)
        {
            int fate = _next < Math.Min(fates.Length, MaxFates) ? fates[_next++] % 6 : 0;
            switch (fate)
            {
                case 1:
                    break;
                case 2:
                    After(0.01, arrive);
                    After(0.02, arrive);
                    break;
                case 3:
                    After(0.01, arrive);
                    After(6, arrive);
                    break;
                case 4:
                    After(0.7, arrive);
                    break;
                case 5:
                    After(5, arrive);
                    break;
                default:
                    After(0.01, arrive);
                    break;
            }
        }
    }

    /// <summary>A phone's non-INVITE client transactions (timers E and F) and its answers to challenges, for one registration.</summary>
    private sealed class RegisteringPhone(BadNetwork network)
    {
        private const int MaxChallenges = 3;
        private static uint s_cseq;
        private int _challenges;

        /// <summary>The final status; 408 when timer F fired.</summary>
        public int Status { get; private set; }

        public uint CSeq { get; private set; }

        public void Run()
        {
            network.Receive = OnAnswer;
            Start("");
            while (Status == 0 && network.Step())
            {
            }
        }

        private void Start(string authorization)
        {
            CSeq = Interlocked.Increment(ref s_cseq);
            string text = network.Peer.Request("REGISTER", Uri, "<sip:bob@192.0.2.1>;tag=t-bob", "<sip:bob@192.0.2.1>", "one-bob", CSeq, network.Peer.NextBranch(), authorization);
            Transmit(text, CSeq, 0.5);
            uint cseq = CSeq;
            network.After(32, () => Status = CSeq == cseq && Status == 0 ? 408 : Status);
        }

        private void Transmit(string text, uint cseq, double interval)
        {
            if (CSeq != cseq || Status != 0)
            {
                return;
            }

            network.Send(text);
            network.After(interval, () => Transmit(text, cseq, Math.Min(4, interval * 2)));
        }

        private void OnAnswer(SipText answer)
        {
            if (answer.CSeq != CSeq || Status != 0)
            {
                return;
            }

            if (answer.Status == 401 && _challenges++ < MaxChallenges)
            {
                Start(Authorize(answer["WWW-Authenticate"]));
                return;
            }

            Status = answer.Status;
        }
    }
}
