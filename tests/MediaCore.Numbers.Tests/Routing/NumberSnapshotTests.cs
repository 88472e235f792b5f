using System.Collections.Immutable;
using System.Net;
using System.Text;
using MediaCore.Engine;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;

namespace MediaCore.Numbers.Tests.Routing;

public sealed class NumberSnapshotTests
{
    private const string Ours = "+12025550100";
    private static readonly Trunk Carrier = new() { Name = "carrier", From = [IPNetwork.Parse("192.0.2.0/24")], Targets = [new SipPeer("192.0.2.1", 5060, SipTransportKind.Udp)] };
    private static readonly RouteTable OneRoute = new([Carrier], [new RouteRule { Name = "out", To = NumberPattern.Parse("+1*"), Trunks = [Carrier] }]);
    private static readonly RouteTable NoRoutes = new([Carrier], []);

    /// <summary>Who calls: nobody known, a trunk, or an account (asked first, as the engine does).</summary>
    public enum From
    {
        Stranger,
        Trunk,
        Account,
    }

    // called, from, with routes: admission and then what the call comes to.
    public static TheoryData<string, From, bool, string> Table
    {
        get
        {
            var rows = new TheoryData<string, From, bool, string>();
            void Add(string called, string stranger, string trunk, string account, string strangerNoRoutes, string trunkNoRoutes, string accountNoRoutes)
            {
                rows.Add(called, From.Stranger, true, stranger);
                rows.Add(called, From.Trunk, true, trunk);
                rows.Add(called, From.Account, true, account);
                rows.Add(called, From.Stranger, false, strangerNoRoutes);
                rows.Add(called, From.Trunk, false, trunkNoRoutes);
                rows.Add(called, From.Account, false, accountNoRoutes);
            }

            // Our number, in every way it may be dialled.
            foreach (string dialled in new[] { Ours, "12025550100", "0012025550100", "+1 (202) 555-0100", "+1.202.555.0100", "+12025550100;npdi" })
            {
                Add(dialled, "accept number", "accept number", "accept number", "accept number", "accept number", "accept number");
            }

            // Numbers that are not ours: to the routes for those who may, unknown for all where there are none.
            Add("+12025550199", "challenge", "accept route", "challenge route", "accept 404", "accept 404", "accept 404");
            Add("+442079460000", "challenge", "accept 404", "challenge 404", "accept 404", "accept 404", "accept 404");
            Add("+1202555010012345678901234567890", "challenge", "accept route", "challenge route", "accept 404", "accept 404", "accept 404");
            Add("2025550100", "challenge", "accept 404", "challenge 404", "accept 404", "accept 404", "accept 404");
            Add("++12025550100", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");

            // A disabled number is not ours any more.
            Add("+12025550177", "challenge", "accept route", "challenge route", "accept 404", "accept 404", "accept 404");

            // Accounts: the same answer to strangers whether they exist or not, and none to trunks.
            Add("1001", "challenge", "accept 404", "challenge account", "challenge", "accept 404", "challenge account");
            Add("1999", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            Add("alice", "challenge", "accept 404", "challenge account", "challenge", "accept 404", "challenge account");
            Add("mallory", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            Add("ALICE", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            Add("älice", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            Add("", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            Add("*98", "challenge", "accept 404", "challenge 404", "challenge", "accept 404", "challenge 404");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Call_IsAdmittedAndRouted(string called, From from, bool withRoutes, string expected)
    {
        NumberSnapshot snapshot = Build(withRoutes ? OneRoute : NoRoutes);
        byte[] user = Encoding.UTF8.GetBytes(called);
        var request = new RouteRequest
        {
            Called = user,
            Caller = "1002"u8,
            Source = NetworkEndpoint.From(IPAddress.Parse(from == From.Trunk ? "192.0.2.9" : "203.0.113.5"), 5060),
            InboundTrunk = from == From.Trunk ? Carrier : null,
        };
        CallerAdmission admission = snapshot.Admit(request);
        string outcome = admission.ToString().ToLowerInvariant();
        bool authenticates = from == From.Account && admission == CallerAdmission.Challenge;
        if (admission == CallerAdmission.Accept || authenticates)
        {
            RoutePlan plan = snapshot.Route(new RouteRequest
            {
                Called = user,
                Caller = request.Caller,
                Source = request.Source,
                InboundTrunk = request.InboundTrunk,
                Account = authenticates ? "1002" : null,
            });
            outcome += " " + Describe(plan);
        }

        Assert.Equal(expected, outcome);
    }

    [Theory]
    [InlineData("1001")]
    [InlineData("alice")]
    [InlineData("+12025550199")]
    public void Stranger_WhoWasLetIn_NeverReachesAccountsOrTrunks(string called)
        => Assert.Same(RoutePlan.UnknownNumber, Build(OneRoute).Route(new RouteRequest { Called = Encoding.UTF8.GetBytes(called) }));

    [Theory]
    [InlineData("203.0.113.5", CallerAdmission.Challenge)]
    [InlineData("10.1.2.3", CallerAdmission.Accept)]
    [InlineData("192.0.2.9", CallerAdmission.Accept)]
    public void AcceptFrom_NarrowsWhoMayCallANumberUnasked(string source, CallerAdmission expected)
    {
        NumberSnapshot snapshot = Build(OneRoute, new NumbersOptions { AcceptFrom = [IPNetwork.Parse("10.0.0.0/8")] });
        NetworkEndpoint endpoint = NetworkEndpoint.From(IPAddress.Parse(source), 5060);

        Assert.Equal(expected, snapshot.Admit(new RouteRequest { Called = Encoding.ASCII.GetBytes(Ours), Source = endpoint, InboundTrunk = OneRoute.FindTrunk(endpoint) }));
    }

    [Fact]
    public void Plan_HasAStepForEachTargetInOrder()
    {
        NumberSnapshot snapshot = Build(OneRoute, targets:
        [
            new NumberTarget(NumberTargetKind.Account, "1001") { RingTime = TimeSpan.FromSeconds(7) },
            new NumberTarget(NumberTargetKind.Uri, "sip:bob@192.0.2.77:5070;transport=tcp"),
            new NumberTarget(NumberTargetKind.Trunk, "carrier"),
            new NumberTarget(NumberTargetKind.Trunk, "carrier/+13035550100"),
            new NumberTarget(NumberTargetKind.AnnouncementText, "Hello") { Voice = "en-us" },
            new NumberTarget(NumberTargetKind.AnnouncementFile, "bye.wav"),
            new NumberTarget(NumberTargetKind.Conference, "team"),
            new NumberTarget(NumberTargetKind.Control, "ivr"),
        ]);

        RoutePlan plan = snapshot.Route(new RouteRequest { Called = Encoding.ASCII.GetBytes(Ours) });

        Assert.Equal(Ours, plan.Number);
        Assert.Equal(new AccountTarget("1001"), Dial(plan, 0).Targets.Single());
        Assert.Equal(TimeSpan.FromSeconds(7), Dial(plan, 0).RingTime);
        UriTarget uri = Assert.IsType<UriTarget>(Dial(plan, 1).Targets.Single());
        Assert.Equal(("sip:bob@192.0.2.77:5070;transport=tcp", "192.0.2.77:5070", SipTransportKind.Tcp), (uri.Uri, uri.Peer.Endpoint.ToString(), uri.Peer.Transport));
        Assert.Equal(new TrunkTarget(Carrier), Dial(plan, 2).Targets.Single());
        Assert.Equal(new TrunkTarget(Carrier, "+13035550100"), Dial(plan, 3).Targets.Single());
        Assert.Equal(PromptSource.FromText("Hello", "en-us"), Assert.IsType<AnnouncementStep>(plan.Steps[4]).Prompt);
        Assert.Equal(PromptSource.FromFile("bye.wav"), Assert.IsType<AnnouncementStep>(plan.Steps[5]).Prompt);
        Assert.Equal(new ConferenceStep("team"), plan.Steps[6]);
        Assert.Equal(new ControlStep("ivr", TimeSpan.FromSeconds(5)), plan.Steps[7]);
        Assert.Equal([PromptSource.FromText("Hello", "en-us"), PromptSource.FromFile("bye.wav")], snapshot.Prompts);
        Assert.Same(uri.Peer, snapshot.Peers.Single());
    }

    [Fact]
    public void Target_ThatCannotBeTried_IsPassedOverAndNamed()
    {
        NumberSnapshot some = Build(OneRoute, targets: [new NumberTarget(NumberTargetKind.Trunk, "gone"), new NumberTarget(NumberTargetKind.AnnouncementText, "Hello")]);
        NumberSnapshot none = Build(OneRoute, targets: [new NumberTarget(NumberTargetKind.Trunk, "gone"), new NumberTarget(NumberTargetKind.Account, "disabled")]);

        Assert.IsType<AnnouncementStep>(some.Route(new RouteRequest { Called = Encoding.ASCII.GetBytes(Ours) }).Steps.Single());
        Assert.Equal(new PlanFault(Ours, 1, NumberTargetKind.Trunk), some.Faults.Single());
        RoutePlan plan = none.Route(new RouteRequest { Called = Encoding.ASCII.GetBytes(Ours) });
        Assert.Equal((480, 31, 0), (plan.RejectStatus, plan.RejectCause, plan.Steps.Length));
    }

    [Fact]
    public void Peer_OfAnUnchangedUri_SurvivesANewSnapshot()
    {
        var peers = new PeerCache();
        ImmutableArray<NumberTarget> targets = [new NumberTarget(NumberTargetKind.Uri, "sip:bob@pbx.example.com")];
        SipPeer first = Build(OneRoute, targets: targets, peers: peers).Peers.Single();
        first.Endpoint = NetworkEndpoint.From(IPAddress.Loopback, 5060);

        Assert.Same(first, Build(OneRoute, targets: targets, peers: peers).Peers.Single());
        Assert.Empty(Build(OneRoute, peers: peers).Peers);
    }

    [Fact]
    public void AdmissionRoutingAndAccounts_AllocateNothing()
    {
        NumberSnapshot snapshot = Build(OneRoute);
        byte[][] called = [Encoding.ASCII.GetBytes(Ours), "0012025550100"u8.ToArray(), "1001"u8.ToArray(), "+12025550199"u8.ToArray(), "mallory"u8.ToArray()];

        MediaCore.Tests.AllocationAssert.Zero(500, 1000, () =>
        {
            foreach (byte[] user in called)
            {
                snapshot.Admit(new RouteRequest { Called = user });
                snapshot.Route(new RouteRequest { Called = user, Account = "1002" });
                snapshot.TryGetAccount(user, out _);
            }
        });
    }

    private static string Describe(RoutePlan plan) => plan switch
    {
        { RejectStatus: not 0 } => plan.RejectStatus.ToString(System.Globalization.CultureInfo.InvariantCulture),
        { Number: not null } => "number",
        { Route: not null } => "route",
        _ => "account",
    };

    private static DialStep Dial(RoutePlan plan, int step) => Assert.IsType<DialStep>(plan.Steps[step]);

    private static NumberSnapshot Build(RouteTable routes, NumbersOptions? options = null, ImmutableArray<NumberTarget> targets = default, PeerCache? peers = null)
    {
        var number = new NumberDefinition(Ours) { Targets = targets.IsDefault ? [new NumberTarget(NumberTargetKind.Account, "1001")] : targets };
        Account Account(string name) => new(name, new DigestSecret([], [], []));
        return NumberSnapshot.Build(new InventoryView(1, [Account("1001"), Account("1002"), Account("alice")], 0, [number]), routes, options ?? new NumbersOptions(), peers ?? new PeerCache());
    }
}
