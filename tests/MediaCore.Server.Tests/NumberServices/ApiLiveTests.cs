using System.Text.Json;
using Grpc.Core;
using MediaCore.Cli;
using MediaCore.Control.V1;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>What the API says of calls: what would happen, and how the queues are.</summary>
public sealed class ApiLiveTests
{
    private const string Number = "+12025550123";

    private const string Plan = """
        {
          "rules": [ { "name": "busy", "when": { "queue": "sales", "waiting": { "min": 3 } }, "then": [ { "do": "reject", "status": 486 } ] } ],
          "default": { "then": [ { "do": "ring", "targets": [ { "user": "alice" } ] }, { "do": "queue", "queue": "sales" } ] }
        }
        """;

    [Fact]
    public async Task Simulate_SaysTheSteps_AndWhy_OfANumber_AndOfADraft()
    {
        await using ApiHost host = await ApiHost.StartAsync(drivesCalls: true);
        Metadata shop = await OpenShopAsync(host);
        SimulateResponse now = await host.Plans.SimulateAsync(new SimulateRequest { Number = Number, Caller = "+12025550199", Outcomes = { Outcome.NoAnswer } }, shop);
        Assert.Equal(Outcome.Talked, now.Outcome);
        Assert.Equal(
            [("", "plan", Outcome.Talked), ("main", "", Outcome.Unspecified), ("main", "", Outcome.Unspecified), ("main", "ring", Outcome.NoAnswer), ("main", "queue", Outcome.Talked)],
            now.Steps.Select(static step => (step.Plan, step.Action, step.Outcome)));
        Assert.StartsWith("does not hold: ", now.Steps[1].Text, StringComparison.Ordinal);

        // What is imagined goes before what is.
        SimulateResponse full = await host.Plans.SimulateAsync(new SimulateRequest { Number = Number, Queues = { new SimulatedQueue { Queue = "sales", Waiting = 3 } } }, shop);
        Assert.Equal((Outcome.HungUp, 486), (full.Outcome, full.SipStatus));
        SimulateResponse alone = await host.Plans.SimulateAsync(new SimulateRequest { Number = Number, Unregistered = { "alice-phone" } }, shop);
        Assert.Equal(Outcome.Unreachable, alone.Steps.Single(static step => step.Action == "ring").Outcome);

        // A draft needs no number, and need not be in force.
        SimulateResponse draft = await host.Plans.SimulateAsync(new SimulateRequest { Plan = "main", Document = """{ "default": { "then": [ { "do": "hangup" } ] } }""" }, shop);
        Assert.Equal(["", "hangup"], draft.Steps.Select(static step => step.Action));
        RpcException wrong = await Assert.ThrowsAsync<RpcException>(async () => await host.Plans.SimulateAsync(new SimulateRequest { Plan = "main", Document = "{}" }, shop));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);

        // Nobody looks into another tenant's plans by its numbers.
        Tenant other = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "other" });
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await host.Plans.SimulateAsync(new SimulateRequest { Number = Number }, ApiHost.For(other.Id)))).StatusCode);

        using HttpRequestMessage rest = new(HttpMethod.Post, "/v1/plans/simulate") { Content = new StringContent($$"""{ "number": "{{Number}}", "outcomes": ["OUTCOME_BUSY"] }""", System.Text.Encoding.UTF8, "application/json") };
        rest.Headers.Add("x-mediacore-tenant", "shop");
        using HttpResponseMessage answer = await host.Rest.SendAsync(rest);
        using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("OUTCOME_TALKED", body.RootElement.GetProperty("outcome").GetString());

        (int code, string output) = await RunAsync(host, "plans", "simulate", "--number", Number, "--outcomes", "no-answer", "--tenant", "shop");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("does not hold", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_ShowsQueuesAndAgents_AndAWatchTellsWhatChanges()
    {
        await using ApiHost host = await ApiHost.StartAsync(drivesCalls: true);
        Metadata shop = await OpenShopAsync(host);
        Agents.AgentsClient agents = new(host.Invoker);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(120));
        using AsyncServerStreamingCall<Live> watch = host.Queues.WatchLive(new LiveRequest { Queue = "sales" }, shop, cancellationToken: patience.Token);
        Assert.True(await watch.ResponseStream.MoveNext(patience.Token));
        await agents.UpdateAgentAsync(new AgentChange { Id = "alice", Presence = Agent.Types.Presence.NotReady, Reason = "lunch" }, shop, cancellationToken: patience.Token);
        Live live = watch.ResponseStream.Current;
        while (live.Agents is not [{ Reason: "lunch" }])
        {
            Assert.True(await watch.ResponseStream.MoveNext(patience.Token));
            live = watch.ResponseStream.Current;
        }

        Assert.Equal(("alice", Agent.Types.Presence.NotReady, LiveAgent.Types.State.Idle), (live.Agents[0].Name, live.Agents[0].Presence, live.Agents[0].State));
        Assert.Equal(("sales", 1, 0), (live.Queues[0].Queue, live.Queues[0].SignedIn, live.Queues[0].Ready));

        // A word in the same millisecond as the one before is newer all the same.
        await agents.UpdateAgentAsync(new AgentChange { Id = "alice", Presence = Agent.Types.Presence.Ready }, shop, cancellationToken: patience.Token);
        await host.Desks!.RefreshAsync(patience.Token);
        Live all = await host.Queues.GetLiveAsync(new LiveRequest(), shop, cancellationToken: patience.Token);
        Assert.Equal(1, Assert.Single(all.Queues).Ready);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(async () => await agents.EndWrapUpAsync(new EntityRequest { Id = "alice" }, shop, cancellationToken: patience.Token))).StatusCode);

        using HttpRequestMessage rest = new(HttpMethod.Get, "/v1/queues-live/watch?every_seconds=1");
        rest.Headers.Add("x-mediacore-tenant", "shop");
        using HttpResponseMessage lines = await host.Rest.SendAsync(rest, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("application/x-ndjson", lines.Content.Headers.ContentType?.MediaType);
        using StreamReader reader = new(await lines.Content.ReadAsStreamAsync(patience.Token));
        using JsonDocument line = JsonDocument.Parse((await reader.ReadLineAsync(patience.Token))!);
        Assert.Equal("sales", line.RootElement.GetProperty("queues")[0].GetProperty("queue").GetString());
        (int code, string output) = await RunAsync(host, "queues", "live", "--tenant", "shop");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("SERVICE LEVEL", output, StringComparison.Ordinal);
        Assert.Contains("alice", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extensions_AreUniqueWithinTheTenant_AndNoEmergencyNumbers()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal("201", (await host.Tenants.CreateUserAsync(new UserChange { Name = "ann", Extension = "201" })).Extension);
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.CreateUserAsync(new UserChange { Name = "bob", Extension = "201" }))).StatusCode);
        foreach (string wrong in (string[])["1", "1234567", "2a1", "911"])
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.UpdateUserAsync(new UserChange { Id = "ann", Extension = wrong }))).StatusCode);
        }

        Tenant other = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "other" });
        Assert.Equal("201", (await host.Tenants.CreateUserAsync(new UserChange { Name = "ann", Extension = "201" }, ApiHost.For(other.Id))).Extension);
        Assert.Equal("", (await host.Tenants.UpdateUserAsync(new UserChange { Id = "ann", Extension = "" })).Extension);
    }

    [Fact]
    public async Task Schemas_AreOfEveryDocument()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        ListSchemasResponse all = await host.Plans.ListSchemasAsync(new ListSchemasRequest());
        Assert.Equal(["plan", "menu", "schedule", "queue", "voicemail-box"], all.Schemas.Select(static schema => schema.Document));
        Assert.All(all.Schemas, static schema =>
        {
            using JsonDocument document = JsonDocument.Parse(schema.Schema);
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", document.RootElement.GetProperty("$schema").GetString());
        });
        Assert.Equal("queue", Assert.Single((await host.Plans.ListSchemasAsync(new ListSchemasRequest { Document = "queue" })).Schemas).Document);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await host.Plans.ListSchemasAsync(new ListSchemasRequest { Document = "poem" }))).StatusCode);
    }

    private static async Task<Metadata> OpenShopAsync(ApiHost host)
    {
        Metadata shop = ApiHost.For((await host.Tenants.CreateTenantAsync(new TenantChange { Name = "shop" })).Id);
        await ApiFlows.FinishAsync(host, await host.Numbers.ImportNumbersAsync(new ImportNumbersRequest { Numbers = { new NumberLine { Number = Number } } }, shop), shop);
        await host.Tenants.CreateAccountAsync(new AccountChange { Name = "alice-phone" }, shop);
        await host.Tenants.CreateUserAsync(new UserChange { Name = "alice", Account = "alice-phone" }, shop);
        await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, shop);
        await new Agents.AgentsClient(host.Invoker).CreateAgentAsync(new AgentChange { User = "alice", Presence = Agent.Types.Presence.Ready }, shop);
        await host.Queues.SetMemberAsync(new MemberChange { Queue = "sales", Agent = "alice" }, shop);
        await host.Plans.CreatePlanAsync(new CreateDocumentRequest { Name = "main", Document = Plan }, shop);
        await host.Plans.PublishPlanAsync(new EntityRequest { Id = "main" }, shop);
        await host.Numbers.AssignNumberAsync(new AssignNumberRequest { Number = Number, TargetId = "main" }, shop);
        await host.Desks!.RefreshAsync();
        return shop;
    }

    private static async Task<(int Code, string Output)> RunAsync(ApiHost host, params string[] arguments)
    {
        await using StringWriter output = new();
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["MEDIACORE_SERVER"] = host.GrpcAddress };
        int code = await McctlCommand.RunAsync(arguments, new Terminal(output, output, environment, host.Folder, IsInteractive: false), CancellationToken.None);
        return (code, output.ToString());
    }
}
