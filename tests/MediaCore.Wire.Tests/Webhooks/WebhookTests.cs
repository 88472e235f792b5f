using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Control;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Webhooks;

/// <summary>Webhooks of a server that runs, told to a receiver that verifies them with the library of Standard Webhooks.</summary>
public sealed class WebhookTests : IDisposable
{
    private const string Number = "+13035550177";
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Events_AreSigned_AsTheReferenceLibraryVerifies_AlsoWhileTheSecretChanges()
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync("\"webhooks\": { \"allowHttp\": true, \"allowNetworks\": [\"127.0.0.0/8\"] }");
        await using ChildProcess receiver = ChildProcess.Start("node", [Path.Combine(AppContext.BaseDirectory, "Webhooks", "receiver.cjs")], server.Folder);
        string address = $"http://127.0.0.1:{(await receiver.WaitForLineAsync(static l => l.StartsWith("listening ", StringComparison.Ordinal), "port"))["listening ".Length..]}";
        await using (ServiceStore store = await ServiceStore.OpenAsync(new ServiceStoreOptions { Connection = $"Data Source={Path.Combine(server.Folder, "data", "mediacore.db")}" }))
        {
            TenantScope tenant = TenantScope.Of((await new Tenants(store).CreateAsync("acme", "test")).Value!.Id);
            Assert.True((await new NumberImport(store).RunAsync([new NumberImportLine(Number)], tenant, "test")).IsDone);
            RoutingPlans plans = new(store);
            RoutingPlan plan = (await plans.Revisions.CreateAsync(tenant, "main", "test")).Value!;
            Assert.True((await plans.Revisions.SaveDraftAsync(tenant, plan.Id, """{ "default": { "then": [{ "do": "reject", "status": 603 }] } }""", "test")).IsDone);
            Assert.True((await plans.Revisions.PublishAsync(tenant, plan.Id, null, "test")).IsDone);
            Assert.True((await new NumberInventory(store).AssignAsync(tenant, Number, NumberChannel.Voice, AssignmentTarget.RoutingPlan, plan.Id, "test")).IsDone);
        }

        JsonNode made = await PostAsync(server, "/v1/webhooks", new JsonObject { ["name"] = "hook", ["url"] = address + "/events" });
        await AddSecretAsync(address, made);
        string id = (string)(await PostAsync(server, "/v1/webhooks/hook/test", []))["event_id"]!;
        await receiver.WaitForLineAsync(l => l.StartsWith($"told webhook.test 1 {id} ", StringComparison.Ordinal), "the test event");

        // For a while both secrets sign.
        await AddSecretAsync(address, await PostAsync(server, "/v1/webhooks/hook/rotate", []));
        (int code, string output) = await ExampleProgram.RunMcctlAsync(server, "webhooks", "test", "hook", "--tenant", "acme");
        Assert.True(code == 0, output);
        await receiver.WaitForLineAsync(static l => l.StartsWith("told webhook.test 2 ", StringComparison.Ordinal), "an event with two signatures");

        // A call of the tenant's number.
        await using SipPeer caller = new(server.Udp);
        await Eventually.IsAsync(
            async () =>
            {
                SipDialog dialog = SipDialog.To(caller, Number);
                dialog.SendInvite(SdpText.Audio(30_002));
                return (await dialog.ExpectInviteResponseAsync()).Status;
            },
            static status => status == 603,
            "the plan is in force");
        string told = await receiver.WaitForLineAsync(static l => l.StartsWith("told call.completed 2 ", StringComparison.Ordinal), "the call");
        JsonNode data = JsonNode.Parse(told[told.IndexOf('{', StringComparison.Ordinal)..])!["data"]!;
        Assert.Equal(Number, (string)data["number"]!);
        (code, output) = await ExampleProgram.RunMcctlAsync(server, "webhooks", "deliveries", "hook", "--tenant", "acme", "--json");
        Assert.True(code == 0 && output.Contains("DELIVERED", StringComparison.OrdinalIgnoreCase) && !output.Contains("whsec_", StringComparison.Ordinal), output);
        Assert.DoesNotContain("refused", receiver.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", server.Process.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _http.Dispose();

    private async Task AddSecretAsync(string address, JsonNode answer)
    {
        using StringContent secret = new((string)answer["secret"]!);
        using HttpResponseMessage added = await _http.PostAsync(new Uri(address + "/secret"), secret);
        added.EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> PostAsync(MediaCoreServer server, string path, JsonObject body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.HttpRoot, path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Add("x-mediacore-tenant", "acme");
        using HttpResponseMessage response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
