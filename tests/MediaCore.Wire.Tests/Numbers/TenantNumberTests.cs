using MediaCore.Audio.Tones;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>A tenant's number that follows its routing plan, on a server that runs: what is published decides the next call.</summary>
public class TenantNumberTests
{
    private const string Number = "+13035550123";

    [Fact]
    public async Task Plan_RingsTheUsersPhone_SpeaksWhereNoneIsThere_AndTheNextRevisionDecidesTheNextCall()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync();
        await using ServiceStore store = await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={Path.Combine(server.Folder, "data", "mediacore.db")}" });
        TenantScope tenant = TenantScope.Of(Must(await new Tenants(store).CreateAsync("acme", "test")).Id);
        Must(await new SipAccounts(store, "mediacore").CreateAsync(tenant, "anna-desk", "correct horse", "test"));
        Must(await store.ChangeAsync<User>(tenant, new ChangeOrigin("test", "user.create"), context =>
        {
            var user = new User { TenantId = tenant.TenantId, Name = "anna", Account = "anna-desk" };
            context.Users.Add(user);
            return Task.FromResult<StoreResult<User>>(user);
        }));
        Must(await new NumberImport(store).RunAsync([new NumberImportLine(Number)], tenant, "test"));
        RoutingPlans plans = new(store);
        RoutingPlan plan = Must(await plans.Revisions.CreateAsync(tenant, "main", "test"));
        await PublishAsync(
            """
            { "default": { "then": [{ "do": "ring", "targets": [{ "user": "anna" }], "seconds": 20 }],
                           "else": { "unreachable": [{ "do": "announce", "prompt": "Nobody is here to take your call. Please try again some other time." }] } } }
            """);
        Must(await new NumberInventory(store).AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "test"));

        await using SipPeer caller = new(server.Udp);

        // No phone: the announcement, heard as speech.
        await using RtpEndpoint ear = new(450);
        SipDialog call = (await Eventually.IsAsync(
            async () =>
            {
                SipDialog dialog = Call(ear);
                return (Dialog: dialog, (await dialog.ExpectInviteResponseAsync()).Status);
            },
            static answer => answer.Status == 200, "the server hears of what another process has written")).Dialog;
        call.SendAck();
        await call.ExpectHangUpAsync(TimeSpan.FromSeconds(30));
        short[] heard = ear.Heard;
        Assert.InRange(heard.Length / 8000.0, 2.5, 10);
        Assert.True(heard.Chunk(1600).Count(static w => Goertzel.TotalLevelDbm0(w) > -40) > heard.Length / 3200, "silence");

        // Her phone, with the tenant's account.
        // Two more are there from the first start.
        await server.AccountsAsync(3);
        await using SipPeer phone = new(server.Udp);
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, "anna-desk", "correct horse")).Status);
        await using RtpEndpoint other = new(450);
        SipDialog second = Call(other);
        SipDialog ringing = SipDialog.From(phone, await phone.ExpectRequestAsync("INVITE"));
        ringing.Ring();
        Assert.Equal(180, (await second.ExpectInviteResponseAsync(101)).Status);
        ringing.Answer(SdpText.Audio(30002));
        await ringing.ExpectRequestAsync("ACK");
        Assert.Equal(200, (await second.ExpectInviteResponseAsync(200)).Status);
        second.SendAck();
        await second.HangUpAsync();
        ringing.Respond(await ringing.ExpectRequestAsync("BYE"), 200, "OK");

        // Another revision: the next call is refused. Until it is in force there is nobody to be rung, and the announcement is spoken.
        Assert.Equal(200, (await SipPhone.RegisterAsync(phone, "anna-desk", "correct horse", expires: 0)).Status);
        await PublishAsync("""{ "default": { "then": [{ "do": "reject", "status": 603 }] } }""");
        await Eventually.IsAsync(
            async () =>
            {
                await using RtpEndpoint third = new(450);
                SipDialog refused = Call(third);
                int status = (await refused.ExpectInviteResponseAsync()).Status;
                if (status == 200)
                {
                    refused.SendAck();
                    await refused.HangUpAsync();
                }

                return status;
            },
            static status => status == 603, "the revision is in force");
        var rows = await Eventually.IsAsync(() => server.QueryAsync($"select * from calls where number = '{Number}' order by started_at_ms"), static r => r.Count >= 3, "the records of the tenant's calls");
        Assert.All(rows, row => Assert.Equal(tenant.TenantId.ToString(), (string)row["tenant_id"]!, ignoreCase: true));

        async Task PublishAsync(string document)
        {
            Must(await plans.Revisions.SaveDraftAsync(tenant, plan.Id, document, "test"));
            Must(await plans.Revisions.PublishAsync(tenant, plan.Id, null, "test"));
        }

        SipDialog Call(RtpEndpoint media)
        {
            SipDialog dialog = SipDialog.To(caller, Number);
            dialog.SendInvite(SdpText.Audio(media.Port));
            return dialog;
        }
    }

    private static T Must<T>(StoreResult<T> result)
    {
        Assert.True(result.IsDone, result.Message);
        return result.Value!;
    }
}
