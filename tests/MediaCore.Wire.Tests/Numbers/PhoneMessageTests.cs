using System.Text.Json.Nodes;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>Texts of a tenant's phones, baresip and linphone, to and from the world outside and each other.</summary>
public class PhoneMessageTests
{
    private const string AnnNumber = "+13035550161";
    private const string BobNumber = "+13035550162";
    private const string Outside = "+13035550169";

    // Without a blank: baresip reads an account's password only up to it.
    private const string Password = "correct-horse-battery";

    [Fact]
    public async Task Texts_GoOutFromPhones_ComeInToThem_AndWaitForOneThatIsAway()
    {
        await using TextProvider provider = new();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(provider.Settings);
        await using ServiceStore store = await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={Path.Combine(server.Folder, "data", "mediacore.db")}" });
        TenantScope tenant = TenantScope.Of(Must(await new Tenants(store).CreateAsync("acme", "test")).Id);
        Must(await new NumberImport(store).RunAsync([new(AnnNumber) { Capabilities = NumberCapabilities.Voice | NumberCapabilities.Sms }, new(BobNumber) { Capabilities = NumberCapabilities.Voice | NumberCapabilities.Sms }], tenant, "test"));
        await AddPersonAsync(store, tenant, "ann", "201", AnnNumber);
        await AddPersonAsync(store, tenant, "bob", "202", BobNumber);
        // Two more are there from the first start.
        await server.AccountsAsync(4);

        // Bob is away: what comes for him waits.
        await provider.BringAsync(server, "1", Outside, BobNumber, "while you were away");
        await using BaresipPhone ann = await BaresipPhone.StartAsync(server, "ann-phone", Password, 450, contact: Outside);
        await ann.WaitUntilRegisteredAsync();
        await ann.Control.CommandAsync("message", "from my desk");
        JsonNode sent = await provider.Sent.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);
        Assert.Equal((AnnNumber, Outside, "from my desk"), ((string)sent["from"]!, (string)sent["to"]!, (string)sent["text"]!));
        await provider.BringAsync(server, "2", Outside, AnnNumber, "and back to it");
        await ann.WaitForAsync("\"and back to it\"");

        await using LinphonePhone bob = await LinphonePhone.StartAsync(server, "bob-phone", Password);
        await bob.WaitForAsync("while you were away");
        await bob.TellAsync($"chat sip:201@{server.Udp} lunch at one");
        await ann.WaitForAsync("\"lunch at one\"");
        await bob.TellAsync($"chat sip:{Outside}@{server.Udp} from bob");
        sent = await provider.Sent.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);
        Assert.Equal((BobNumber, Outside, "from bob"), ((string)sent["from"]!, (string)sent["to"]!, (string)sent["text"]!));

        // Each that came for a phone was taken by it, once.
        await Eventually.IsAsync(async () => (await server.QueryAsync("select text from messages where inbound = 1 and state = 'Delivered'")).Count, static count => count == 2, "both that came in are delivered");
        Assert.Equal(1, bob.Count("while you were away"));
    }

    private static async Task AddPersonAsync(ServiceStore store, TenantScope tenant, string name, string extension, string number)
    {
        Must(await new SipAccounts(store, "mediacore").CreateAsync(tenant, $"{name}-phone", Password, "test"));
        User user = Must(await store.ChangeAsync<User>(tenant, new ChangeOrigin("test", "user.create"), context =>
        {
            var row = new User { TenantId = tenant.TenantId, Name = name, Account = $"{name}-phone", Extension = extension };
            context.Users.Add(row);
            return Task.FromResult<StoreResult<User>>(row);
        }));
        Must(await new NumberInventory(store).AssignAsync(tenant, number, NumberChannel.Messages, AssignmentTarget.User, user.Id, "test"));
    }

    private static T Must<T>(StoreResult<T> result)
    {
        Assert.True(result.IsDone, result.Message);
        return result.Value!;
    }
}
