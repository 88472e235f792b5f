using System.Collections;
using System.Reflection;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

/// <summary>No query without its tenant: whatever one tenant has, another does not see, and cannot write.</summary>
public sealed class TenantIsolationTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task EveryTable_HidesWhatAnotherTenantHas(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        await FillAsync(database, one);

        await using ServiceContext mine = database.Store.Open(one);
        await using ServiceContext foreign = database.Store.Open(other);
        await using ServiceContext platform = database.Store.Open(TenantScope.Platform);
        PropertyInfo[] sets = [.. typeof(ServiceContext).GetProperties().Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(DbSet<>))];
        Assert.True(sets.Length >= 24);
        foreach (PropertyInfo set in sets)
        {
            Assert.True(Rows(set, mine).Exists(row => TenantOf(row) == one.TenantId), $"{set.Name}: the test makes no row of it");
            Assert.DoesNotContain(Rows(set, foreign), row => TenantOf(row) == one.TenantId);
            Assert.True(Rows(set, platform).Exists(row => TenantOf(row) == one.TenantId), $"{set.Name}: the platform does not see it");
            foreach (object row in Rows(set, mine).Where(row => TenantOf(row) == one.TenantId))
            {
                object?[] key = [.. foreign.Model.FindEntityType(row.GetType())!.FindPrimaryKey()!.Properties.Select(property => property.PropertyInfo!.GetValue(row))];
                Assert.Null(await foreign.FindAsync(row.GetType(), key));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task EveryOperation_DoesNotFindWhatAnotherTenantHas(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        Dictionary<string, object> known = await FillAsync(database, one);
        object[] services =
        [
            database.Store, new NumberInventory(database.Store), new ApiKeys(database.Store), new Tenants(database.Store), new SipAccounts(database.Store, "example.com"),
            new RevisionStore<RoutingPlan, RoutingPlanRevision>(database.Store, "plan"), new RevisionStore<Menu, MenuRevision>(database.Store, "menu"),
        ];
        var tried = new List<string>();
        List<AuditEvent> before = await database.AuditAsync();
        foreach (object service in services)
        {
            foreach (MethodInfo method in service.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                ParameterInfo[] parameters = method.GetParameters();

                // A name that is unique over all tenants is taken, whoever has it.
                if (parameters.Length == 0 || (service is SipAccounts && method.Name == nameof(SipAccounts.CreateAsync)) || parameters[0].ParameterType != typeof(TenantScope)
                    || !parameters.Any(parameter => known.ContainsKey($"{service.GetType().Name}.{parameter.Name}")))
                {
                    continue;
                }

                object?[] arguments = [.. parameters.Select(parameter => Argument(service, parameter, other, known))];
                var task = (Task)method.Invoke(service, arguments)!;
                await task;
                object? result = task.GetType().GetProperty("Result")!.GetValue(task);
                Assert.True(
                    result is null || Equals(result.GetType().GetProperty("Status")?.GetValue(result), StoreStatus.NotFound),
                    $"{service.GetType().Name}.{method.Name} gave a foreign tenant {result}");
                tried.Add(method.Name);
            }
        }

        Assert.Superset(
            new HashSet<string>(["SetPasswordAsync", "DisableAsync", "RemoveAsync", "ReserveAsync", "CancelReservationAsync", "BuyAsync", "ReleaseAsync", "AssignAsync", "UnassignAsync", "DescribeAsync", "RotateAsync", "RevokeAsync", "SaveDraftAsync", "PublishAsync", "GetCallAsync"]),
            tried.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(before.Count, (await database.AuditAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Rows_OfAnotherTenant_CannotBeWritten_NorGivenAway(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope other = await database.AddTenantAsync("other");
        var schedule = new Schedule { TenantId = one.TenantId, Name = "hours" };
        await ChangeAsync(database, one, context => context.Add(schedule));

        await Assert.ThrowsAsync<ForeignTenantException>(() => ChangeAsync(database, other, context => context.Add(new Schedule { TenantId = one.TenantId, Name = "x" })));
        await Assert.ThrowsAsync<ForeignTenantException>(() => ChangeAsync(database, other, context => context.Remove(schedule)));
        await Assert.ThrowsAsync<ForeignTenantException>(() => ChangeAsync(database, other, context =>
        {
            context.Attach(schedule);
            schedule.TenantId = other.TenantId;
        }));
        schedule.TenantId = one.TenantId;
        await Assert.ThrowsAsync<ForeignTenantException>(() => ChangeAsync(database, one, context =>
        {
            context.Attach(schedule);
            schedule.TenantId = other.TenantId;
        }));
        await Assert.ThrowsAsync<ForeignTenantException>(() => ChangeAsync(database, one, context => context.Add(new VirtualNumber { Number = "+12025550123" })));

        await using ServiceContext mine = database.Store.Open(one);
        Assert.Equal("hours", (await mine.Schedules.SingleAsync()).Name);
    }

    [Fact]
    public void Scope_OfThePlatform_IsNoTenants()
    {
        Assert.Throws<ArgumentException>(() => TenantScope.Of(Tenant.PlatformId));
        Assert.Throws<ArgumentException>(() => TenantScope.Of(Guid.Empty));
    }

    private static Task<StoreResult<bool>> ChangeAsync(TestDatabase database, TenantScope scope, Action<ServiceContext> change)
        => database.Store.ChangeAsync<bool>(scope, new ChangeOrigin("test", "test"), context =>
        {
            change(context);
            return Task.FromResult<StoreResult<bool>>(true);
        });

    private static object? Argument(object service, ParameterInfo parameter, TenantScope scope, Dictionary<string, object> known)
        => known.TryGetValue($"{service.GetType().Name}.{parameter.Name}", out object? value) ? value
            : parameter.ParameterType == typeof(TenantScope) ? scope
            : parameter.HasDefaultValue ? parameter.DefaultValue
            : parameter.Name == "document" ? "{}"
            : parameter.ParameterType == typeof(string) ? "text"
            : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType)
            : null;

    private static List<object> Rows(PropertyInfo set, ServiceContext context) => [.. ((IEnumerable)set.GetValue(context)!).Cast<object>()];

    private static Guid? TenantOf(object row) => row is Tenant tenant ? tenant.Id : (Guid?)row.GetType().GetProperty("TenantId")!.GetValue(row);

    // A row of each kind for the tenant, and what its operations are asked about.
    private static async Task<Dictionary<string, object>> FillAsync(TestDatabase database, TenantScope tenant)
    {
        const string Number = "+12025550123";
        Guid id = tenant.TenantId;
        User user = (await new Tenants(database.Store).CreateUserAsync(tenant, "alice", "Alice", ["admin"], "test")).Value!;
        NewApiKey key = (await new ApiKeys(database.Store).CreateAsync(tenant, "key", ["*:*"], "test")).Value!;
        Assert.True((await new SipAccounts(database.Store, "example.com").CreateAsync(tenant, "alice", "correct horse", "test")).IsDone);
        RoutingPlan plan = await database.AddPlanAsync(tenant, "plan");
        RevisionStore<Menu, MenuRevision> menus = new(database.Store, "menu");
        Menu menu = (await menus.CreateAsync(tenant, "menu", "test")).Value!;
        Assert.True((await menus.SaveDraftAsync(tenant, menu.Id, "{}", "test")).IsDone);
        Assert.True((await new NumberImport(database.Store).RunAsync([new NumberImportLine(Number)], tenant, "test")).IsDone);
        NumberInventory inventory = new(database.Store);
        Assert.True((await inventory.AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "test")).IsDone);

        var queue = new CallQueue { TenantId = id, Name = "sales" };
        var agent = new Agent { TenantId = id, UserId = user.Id };
        var box = new VoicemailBox { TenantId = id, Box = "100" };
        var webhook = new WebhookEndpoint { TenantId = id, Name = "crm", Url = "https://example.com/" };
        await ChangeAsync(database, tenant, context => context.AddRange(
            new Schedule { TenantId = id, Name = "hours" },
            new Prompt { TenantId = id, Name = "welcome", Text = "Hello" },
            queue,
            agent,
            webhook,
            new MessageSettings { TenantId = id },
            new QueueMembership { TenantId = id, QueueId = queue.Id, AgentId = agent.Id },
            box));
        var sent = new TextMessage { TenantId = id, Number = Number, Peer = "+12025550124", Text = "Hello" };
        await using ServiceContext records = database.Store.Open(tenant);
        records.AddRange(
            new QueueEntry { TenantId = id, QueueId = queue.Id, CallId = "c1" },
            new JoinedCall { TenantId = id, CallId = "c1", Seq = 1 },
            new CallLink { TenantId = id, CallId = "c2", LinkedFrom = "c1", Kind = MediaCore.Numbers.Records.CallLinkKind.Callback },
            new Recording { TenantId = id, CallId = "c1", File = "c1-0.wav" },
            sent,
            new TextMessagePart { TenantId = id, MessageId = sent.Id },
            new EarlyReceipt { TenantId = id, Carrier = "centre", ProviderId = "1" },
            new MessageOptOut { TenantId = id, Number = Number, Peer = "+12025550124" },
            new VoicemailMessage { TenantId = id, BoxId = box.Id, CallId = "c1" },
            new ServiceEvent { TenantId = id, Type = "message.received", Subject = "1" },
            new WebhookProgress { TenantId = id, EndpointId = webhook.Id },
            new WebhookDelivery { TenantId = id, EndpointId = webhook.Id, Subject = "1" },
            new Notification { TenantId = id, Receiver = "ann@example.org" },
            new ProgramMessage { TenantId = id, Account = "program", MessageId = sent.Id },
            new CallTrace { TenantId = id, CallId = "c1", Number = Number },
            new CallEntry { TenantId = id, CallId = "c1", Number = Number },
            new ApiAnswer { TenantId = id, Key = "k", RequestHash = "" });
        await records.SaveChangesAsync();
        return new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [$"{nameof(NumberInventory)}.number"] = Number,
            [$"{nameof(NumberInventory)}.targetId"] = plan.Id,
            [$"{nameof(ApiKeys)}.keyId"] = key.Row.Id,
            [$"{typeof(RevisionStore<RoutingPlan, RoutingPlanRevision>).Name}.owner"] = plan.Id,
            [$"{nameof(ServiceStore)}.callId"] = "c1",
            [$"{nameof(SipAccounts)}.name"] = "alice",
            ["ApiKeys.userId"] = user.Id,
            ["ApiKeys.scopes"] = new[] { "*:*" },
        };
    }
}
