using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Plans;

/// <summary>What keeps a plan from coming into force.</summary>
public sealed class RoutingPlansTests
{
    private const string Rejects = """{ "default": { "then": [{ "do": "reject" }] } }""";

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Plan_ThatNamesWhatIsNotThere_IsNotPublished_UntilItIs(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("two");
        RoutingPlans plans = new(database.Store, static (_, name) => name == "carrier");
        Guid plan = (await plans.Revisions.CreateAsync(tenant, "main", "t")).Value!.Id;
        const string Document =
            """
            { "rules": [
                { "name": "hours", "when": { "all": [{ "schedule": "office" }, { "registered": "ann" }, { "queue": "sales", "waiting": { "max": 3 } }] }, "then": [{ "do": "ring", "targets": [{ "user": "ann" }, { "trunk": "gone" }] }, { "do": "queue", "queue": "sales" }, { "do": "voicemail", "box": "100" }] },
                { "name": "rest", "when": { "anonymous": true }, "then": [{ "do": "menu", "menu": "m" }, { "do": "plan", "plan": "second" }] }],
              "default": { "then": [{ "do": "announce", "prompt": { "prompt": "welcome" } }] } }
            """;
        await plans.Revisions.SaveDraftAsync(tenant, plan, Document, "t");
        StoreResult<RoutingPlanRevision> refused = await plans.Revisions.PublishAsync(tenant, plan, null, "t");
        Assert.Equal(StoreStatus.Invalid, refused.Status);
        Assert.Equal(
            [
                "$.default.then[0].prompt: there is no prompt \"welcome\"", "$.rules[0].then[0].targets[0].user: there is no user \"ann\"", "$.rules[0].then[0].targets[1].trunk: there is no trunk \"gone\"",
                "$.rules[0].then[1].queue: there is no queue \"sales\"", "$.rules[0].then[2].box: there is no voicemail box \"100\"", "$.rules[0].when: there is no queue \"sales\"",
                "$.rules[0].when: there is no schedule \"office\"", "$.rules[0].when: there is no user \"ann\"", "$.rules[1].then[0].menu: there is no menu \"m\" in force; publish it first",
                "$.rules[1].then[1].plan: there is no plan \"second\" in force; publish it first",
            ],
            refused.Message.Split('\n').Order(StringComparer.Ordinal));

        // Another tenant's are not there for this one.
        await AddAsync(database, other);
        Assert.Equal(10, (await plans.ValidateAsync(tenant, "main", Document)).Count);
        await AddAsync(database, tenant);
        Assert.Equal("$.rules[0].then[0].targets[1].trunk", Assert.Single(await plans.ValidateAsync(tenant, "main", Document)).Path);
        await plans.Revisions.SaveDraftAsync(tenant, plan, Document.Replace("gone", "carrier", StringComparison.Ordinal), "t");
        Assert.True((await plans.Revisions.PublishAsync(tenant, plan, null, "t")).IsDone);
    }

    [Fact]
    public async Task Plans_ThatLeadToEachOther_AreNotPublished()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope tenant = await database.AddTenantAsync("one");
        RoutingPlans plans = new(database.Store);
        Guid a = await PublishAsync("a", Rejects);
        await PublishAsync("b", Leads("a"));
        await PublishAsync("c", Leads("b"));
        await plans.Revisions.SaveDraftAsync(tenant, a, Leads("c"), "t");
        StoreResult<RoutingPlanRevision> refused = await plans.Revisions.PublishAsync(tenant, a, null, "t");
        Assert.Equal("$.default: leads back to this plan: a → c → b → a", refused.Message);

        async Task<Guid> PublishAsync(string name, string document)
        {
            Guid id = (await plans.Revisions.CreateAsync(tenant, name, "t")).Value!.Id;
            await plans.Revisions.SaveDraftAsync(tenant, id, document, "t");
            StoreResult<RoutingPlanRevision> published = await plans.Revisions.PublishAsync(tenant, id, null, "t");
            Assert.True(published.IsDone, published.Message);
            return id;
        }

        static string Leads(string to) => $$"""{ "default": { "then": [{ "do": "plan", "plan": "{{to}}" }] } }""";
    }

    [Theory]
    [InlineData("""{ "rules": [{ "name": "a", "then": [{ "do": "reject" }] }, { "name": "b", "when": { "anonymous": true }, "then": [{ "do": "reject" }] }], "default": { "then": [{ "do": "reject" }] } }""", "$.rules[1]")]
    [InlineData("""{ "rules": [{ "name": "a", "when": { "anonymous": true }, "then": [] }], "default": { "then": [{ "do": "reject" }] } }""", "$.rules[0].then")]
    [InlineData("""{ "default": { "then": [{ "do": "tag", "tags": ["x"] }] } }""", "$.default.then[0]")]
    [InlineData("""{ "default": { "then": [{ "do": "reject" }, { "do": "tag", "tags": ["x"] }, { "do": "hangup" }] } }""", "$.default.then[1]")]
    [InlineData("""{ "default": { "then": [{ "do": "queue", "queue": "sales" }] } }""", "$.default.then[0]")]
    [InlineData("""{ "default": { "then": [{ "do": "forward", "to": "+1202" }] } }""", "$.default.then[0]")]
    [InlineData("""{ "default": { "then": [{ "do": "ring", "targets": [{ "account": "a" }] }], "else": { "any": [{ "do": "record" }] } } }""", "$.default.else")]
    public async Task Way_ThatLeadsNowhere_IsTold(string document, string path)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope tenant = await database.AddTenantAsync("one");
        await AddAsync(database, tenant);
        IReadOnlyList<DocumentError> errors = await new RoutingPlans(database.Store).ValidateAsync(tenant, "main", document);
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.StartsWith(path, error.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "rules": [{ "name": "a", "then": [{ "do": "tag", "tags": ["x"] }], "stop": false }, { "name": "b", "when": { "anonymous": true }, "then": [{ "do": "reject" }] }], "default": { "then": [{ "do": "ring", "targets": [{ "user": "ann" }] }] } }""")]
    [InlineData("""{ "default": { "then": [{ "do": "queue", "queue": "sales" }], "else": { "any": [{ "do": "voicemail", "box": "100" }] } } }""")]
    [InlineData("""{ "default": { "then": [{ "do": "forward", "to": "+12025550123", "confirm": true }, { "do": "voicemail", "box": "100" }] } }""")]
    public async Task Plan_ThatIsRight_HasNoErrors(string document)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        TenantScope tenant = await database.AddTenantAsync("one");
        await AddAsync(database, tenant);
        Assert.Empty(await new RoutingPlans(database.Store).ValidateAsync(tenant, "main", document));
    }

    private static async Task AddAsync(TestDatabase database, TenantScope tenant)
    {
        await database.Store.ChangeAsync<bool>(tenant, new ChangeOrigin("t", "t"), context =>
        {
            context.Add(new Schedule { TenantId = tenant.TenantId, Name = "office" });
            context.Add(new User { TenantId = tenant.TenantId, Name = "ann" });
            context.Add(new CallQueue { TenantId = tenant.TenantId, Name = "sales" });
            context.Add(new VoicemailBox { TenantId = tenant.TenantId, Box = "100" });
            context.Add(new Prompt { TenantId = tenant.TenantId, Name = "welcome", Text = "Welcome" });
            return Task.FromResult<StoreResult<bool>>(true);
        });
        RevisionStore<Menu, MenuRevision> menus = new(database.Store, "menu");
        Guid menu = (await menus.CreateAsync(tenant, "m", "t")).Value!.Id;
        await menus.SaveDraftAsync(tenant, menu, "{}", "t");
        await menus.PublishAsync(tenant, menu, null, "t");
        await database.AddPlanAsync(tenant, "second");
    }
}
