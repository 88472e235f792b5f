using System.Collections.Frozen;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Dialling;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Dialling;

/// <summary>What phones of a tenant dial inside it.</summary>
public sealed class InsideDiallingTests
{
    private static readonly Guid s_acme = Guid.NewGuid();
    private static readonly Guid s_other = Guid.NewGuid();

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [InlineData("ann-1", "202", true)]
    [InlineData("ann-1", "203", false)]
    [InlineData("ann-1", "*97", true)]
    [InlineData("ann-1", "*971", false)]
    [InlineData("ann-1", "*720012025550100", true)]
    [InlineData("ann-1", "*44", false)]
    [InlineData("ann-1", "911", false)]
    [InlineData("nobody", "202", false)]
    [InlineData("eve-1", "202", false)]
    [InlineData("eve-1", "*78", false)]
    public void Dialled_ByAnAccount_IsOfferedToTheService_WhenItsTenantHasIt(string account, string dialled, bool isOurs)
    {
        RoutePlan? plan = World().Route(account, Encoding.ASCII.GetBytes(dialled));
        Assert.Equal(isOurs, plan is not null);
        CallBeginning? beginning = World().Begin(new CallOffered { CallId = "c", Sequence = 1, Application = CallDirector.Application, Account = account, Called = dialled, Caller = account });
        Assert.Equal(isOurs, beginning is not null);
        if (beginning is not null)
        {
            Assert.Equal((s_acme, "201", dialled), (beginning.Facts.TenantId, beginning.Facts.Caller, beginning.Facts.Number));
        }
    }

    [Fact]
    public void Stranger_IsAskedWhoHeIs_ForLengthsThatExtensionsHave()
    {
        NumberSnapshot snapshot = NumberSnapshot.Build(new InventoryView(0, [], 0, []), new RouteTable([], []), new NumbersOptions(), new PeerCache());
        Assert.Equal(CallerAdmission.Challenge, snapshot.Admit(new RouteRequest { Called = "299"u8 }, null, World()));
        Assert.Equal(CallerAdmission.Accept, snapshot.Admit(new RouteRequest { Called = "2999"u8 }, null, World()));
        Assert.Equal(CallerAdmission.Accept, snapshot.Admit(new RouteRequest { Called = "299"u8 }, null, null));
        Assert.Same(RoutePlan.UnknownNumber, snapshot.Route(new RouteRequest { Called = "202"u8 }, null, World()));
    }

    [Fact]
    public void Account_OfAnotherTenant_IsNotCalledByItsName()
    {
        InsideDialling inside = World();
        Assert.True(inside.MayCall("ann-1", "bob-1"));
        Assert.False(inside.MayCall("ann-1", "eve-1"));
        Assert.False(inside.MayCall("nobody", "eve-1"));
        Assert.True(inside.MayCall("nobody", "somebody"));
    }

    [Fact]
    public async Task Extension_RingsThePerson_AndEndsAsThePhoneDoes()
    {
        await using CallProbe probe = Call("202");
        DialCommand dial = probe.Expect<DialCommand>();
        Assert.Equal([new AccountDestination("bob-1")], dial.Targets);
        probe.CompleteDial(dial, 486, 17);
        Assert.Equal(ActivityOutcome.Busy, probe.Result?.Outcome);
        Assert.Equal(486, probe.Expect<RejectCommand>().SipStatus);
    }

    [Fact]
    public async Task Extension_OfWhoDoesNotWantToBeDisturbed_IsNotRung_AndAForwardedOneIsRungElsewhere()
    {
        await using CallProbe quiet = Call("202", static bob => bob.DoNotDisturb = true);
        Assert.Equal(ActivityOutcome.Unreachable, quiet.Result?.Outcome);
        await using CallProbe away = Call("202", static bob => bob.ForwardTo = "+442079460000");
        DialCommand elsewhere = away.Expect<DialCommand>();
        Assert.Equal([new NumberDestination("+442079460000")], elsewhere.Targets);
        Assert.Equal([new CallDiversion("202", DiversionReason.Unconditional)], elsewhere.Diversions);
        await using CallProbe ring = CallProbe.Start(ActivityCatalog.Make(new RingAction { Targets = [new RingTarget { Extension = "202" }, new RingTarget { Extension = "299" }] }), configuration: Acme());
        Assert.Equal([new AccountDestination("bob-1")], ring.Expect<DialCommand>().Targets);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Codes_ChangeThePersonsSettings_AndSayIt(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("acme");
        var ann = new User { TenantId = tenant.TenantId, Name = "ann", Account = "ann-1", Extension = "201" };
        await database.Store.ChangeAsync<User>(tenant, new ChangeOrigin("test", "user.create"), context =>
        {
            context.Users.Add(ann);
            return Task.FromResult<StoreResult<User>>(ann);
        });
        (string Dialled, FeatureText Said, bool Quiet, string? To)[] dialled =
        [
            ("*78", FeatureText.DoNotDisturbOn, true, null),
            ("*720044207946000", FeatureText.ForwardOn, true, "+44207946000"),
            ("*79", FeatureText.DoNotDisturbOff, false, "+44207946000"),
            ("*72911", FeatureText.NoNumber, false, "+44207946000"),
            ("*73", FeatureText.ForwardOff, false, null),
        ];
        foreach ((string digits, FeatureText said, bool quiet, string? to) in dialled)
        {
            Assert.True(FeatureCodes.TryRead(digits, out FeatureCode code, out ReadOnlySpan<char> number));
            CallFacts facts = new() { CallId = CallProbe.CallId, TenantId = tenant.TenantId, Number = digits, Called = digits, At = database.Clock.GetUtcNow() };
            await using CallProbe probe = CallProbe.Start(new FeatureActivity(code, ann, number.ToString()), facts, services: shared => shared with { People = new PersonSettings(database.Store) });
            await probe.PumpUntilAsync(() => probe.Control.Commands.Any(static command => command is AnswerCommand));
            probe.Complete(probe.Expect<AnswerCommand>());
            Assert.Equal(FeatureTexts.Of(said, "en"), Assert.IsType<TextMedia>(Assert.Single(probe.Expect<PlayCommand>().Media)).Text);
            await using ServiceContext context = database.Store.Open(tenant);
            User row = await context.Users.AsNoTracking().SingleAsync();
            Assert.Equal((quiet, to), (row.DoNotDisturb, row.ForwardTo));
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Trunks_OfADocument_AreThoseThatTheTenantMayUse(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("acme");
        TrunkRule rule = static (owner, trunk) => trunk == "all" || owner.Trunks.Split('\n').Contains(trunk, StringComparer.Ordinal);
        RoutingPlans plans = new(database.Store, rule);
        const string Document = """{ "default": { "then": [{ "do": "ring", "targets": [{ "trunk": "all" }, { "trunk": "own" }] }], "else": { "any": [{ "do": "hangup" }] } } }""";
        Assert.Equal("$.default.then[0].targets[1].trunk", Assert.Single(await plans.ValidateAsync(tenant, "main", Document)).Path);
        await database.Store.ChangeAsync<Tenant>(TenantScope.Platform, new ChangeOrigin("test", "tenant.change"), async context =>
        {
            Tenant row = await context.Tenants.SingleAsync(one => one.Id == tenant.TenantId);
            row.Trunks = "other\nown";
            return row;
        });
        Assert.Empty(await plans.ValidateAsync(tenant, "main", Document));

        // What was published before it was taken away is not dialled.
        await using CallProbe probe = CallProbe.Start(
            ActivityCatalog.Make(new RingAction { Targets = [new RingTarget { Trunk = "all" }, new RingTarget { Trunk = "own" }] }), services: shared => shared with { MayUseTrunk = rule });
        Assert.Equal("all", Assert.IsType<TrunkDestination>(Assert.Single(probe.Expect<DialCommand>().Targets)).Trunk);
    }

    private static CallProbe Call(string dialled, Action<User>? change = null)
    {
        CallBeginning beginning = World(change).Begin(new CallOffered { CallId = CallProbe.CallId, Sequence = 1, Application = CallDirector.Application, Account = "ann-1", Called = dialled })!;
        return CallProbe.Start(beginning.Root, beginning.Facts, beginning.Configuration);
    }

    private static TenantConfiguration Acme(Action<User>? change = null)
    {
        User bob = new() { Name = "bob", Account = "bob-1", Extension = "202" };
        change?.Invoke(bob);
        return Tenant(s_acme, new User { Name = "ann", Account = "ann-1", Extension = "201" }, bob, new User { Name = "carl", Account = "carl-1", Extension = "203", Disabled = true });
    }

    private static InsideDialling World(Action<User>? change = null)
    {
        TenantConfiguration acme = Acme(change);
        TenantConfiguration other = new() { Tenant = new Tenant { Id = s_other, NoFeatureCodes = true }, Users = Users(new User { Name = "eve", Account = "eve-1", Extension = "301" }) };
        Dictionary<Guid, TenantConfiguration> all = new() { [s_acme] = acme, [s_other] = other };
        FrozenDictionary<Guid, TenantConfiguration> frozen = all.ToFrozenDictionary();
        return new InsideDialling(static account => account == "eve-1" ? s_other : account is "ann-1" or "bob-1" or "carl-1" ? s_acme : null, () => frozen, static () => 1 << 3, TimeProvider.System);
    }

    private static TenantConfiguration Tenant(Guid id, params User[] users) => new() { Tenant = new Tenant { Id = id, Name = "acme" }, Users = Users(users) };

    private static FrozenDictionary<string, User> Users(params User[] users) => users.ToFrozenDictionary(static user => user.Name, StringComparer.OrdinalIgnoreCase);
}
