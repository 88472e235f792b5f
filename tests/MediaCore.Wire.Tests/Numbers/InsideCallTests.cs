using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>A tenant's phones on a server that runs: extensions, and what numbers that lead to each other leave behind.</summary>
public class InsideCallTests
{
    private const string One = "+13035550131";
    private const string Other = "+13035550132";

    [Fact]
    public async Task Phone_CallsAnExtension_AndScenario5_TwoNumbersThatForwardToEachOther_EndIn482_WithACleanRecord()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync();
        await using ServiceStore store = await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={Path.Combine(server.Folder, "data", "mediacore.db")}" });
        TenantScope tenant = TenantScope.Of(Must(await new Tenants(store).CreateAsync("acme", "test")).Id);
        await AddPersonAsync(store, tenant, "ann", "201");
        await AddPersonAsync(store, tenant, "bob", "202");
        Must(await new NumberImport(store).RunAsync([new NumberImportLine(One), new NumberImportLine(Other)], tenant, "test"));
        await LeadAsync(store, tenant, One, Other);
        await LeadAsync(store, tenant, Other, One);

        // Two more are there from the first start.
        await server.AccountsAsync(4);
        await using SipPeer ann = new(server.Udp);
        await using SipPeer bob = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(ann, "ann-phone", "correct horse")).Status);
        Assert.Equal(200, (await SipPhone.RegisterAsync(bob, "bob-phone", "correct horse")).Status);

        // 202 is bob's phone, once ann has said who she is. Until the extensions are in force it is unknown.
        (SipDialog call, SipText challenge) = await Eventually.IsAsync(
            async () =>
            {
                SipDialog dialog = SipDialog.To(ann, "202", "ann-phone");
                dialog.SendInvite(SdpText.Audio(30002));
                return (Dialog: dialog, Answer: await dialog.ExpectInviteResponseAsync());
            },
            static call => call.Answer.Status == 401, "the server knows the extension");
        call.SendInvite(SdpText.Audio(30002), $"Authorization: {SipPhone.Authorize(challenge, "ann-phone", "correct horse", "INVITE", $"sip:202@{ann.Server}")}");
        SipDialog ringing = SipDialog.From(bob, await bob.ExpectRequestAsync("INVITE"));
        ringing.Ring();
        ringing.Answer(SdpText.Audio(30004));
        await ringing.ExpectRequestAsync("ACK");
        Assert.Equal(200, (await call.ExpectInviteResponseAsync(200)).Status);
        call.SendAck();
        await call.HangUpAsync();
        ringing.Respond(await ringing.ExpectRequestAsync("BYE"), 200, "OK");

        // Anybody may call a number; where it leads in a circle the caller hears so, once, and there is one record of it.
        await using SipPeer stranger = new(server.Udp);
        await Eventually.IsAsync(
            async () =>
            {
                SipDialog loop = SipDialog.To(stranger, One);
                loop.SendInvite(SdpText.Audio(30006));
                return (await loop.ExpectInviteResponseAsync()).Status;
            },
            static status => status == 482, "both numbers lead to each other, and that is told");
        var rows = await Eventually.IsAsync(() => server.QueryAsync($"select * from calls where number = '{One}' order by started_at_ms desc"), static r => r.Count >= 1 && ((string)r[0]["record"]!).Contains("482", StringComparison.Ordinal), "the record");
        Assert.Single(rows, static row => ((string)row["record"]!).Contains("482", StringComparison.Ordinal));
        Assert.Empty(await server.QueryAsync($"select * from calls where number = '{Other}'"));
    }

    private static async Task AddPersonAsync(ServiceStore store, TenantScope tenant, string name, string extension)
    {
        Must(await new SipAccounts(store, "mediacore").CreateAsync(tenant, $"{name}-phone", "correct horse", "test"));
        Must(await store.ChangeAsync<User>(tenant, new ChangeOrigin("test", "user.create"), context =>
        {
            var user = new User { TenantId = tenant.TenantId, Name = name, Account = $"{name}-phone", Extension = extension };
            context.Users.Add(user);
            return Task.FromResult<StoreResult<User>>(user);
        }));
    }

    private static async Task LeadAsync(ServiceStore store, TenantScope tenant, string number, string to)
    {
        RoutingPlans plans = new(store);
        RoutingPlan plan = Must(await plans.Revisions.CreateAsync(tenant, $"of {number}", "test"));
        Must(await plans.Revisions.SaveDraftAsync(tenant, plan.Id, $$"""{ "default": { "then": [{ "do": "forward", "to": "{{to}}" }] } }""", "test"));
        Must(await plans.Revisions.PublishAsync(tenant, plan.Id, null, "test"));
        Must(await new NumberInventory(store).AssignAsync(tenant, number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "test"));
    }

    private static T Must<T>(StoreResult<T> result)
    {
        Assert.True(result.IsDone, result.Message);
        return result.Value!;
    }
}
