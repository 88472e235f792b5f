using Google.Protobuf.Reflection;
using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Storage;
using Rows = MediaCore.Numbers.Model;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>Every call of the API: as somebody of another tenant, and as each role.</summary>
public sealed class ApiPermissionTests
{
    private const string Number = "+12025550123";

    [Fact]
    public async Task EveryCall_AsAnotherTenant_FindsNothing()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Tenant one = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        Tenant other = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "other" });
        Dictionary<string, string> known = await FillAsync(host, one);
        long before = await host.Database.Store.ReadSeqAsync();
        string secret = (await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "key", Scopes = { "*:*" } }, ApiHost.For(other.Id))).Secret;
        int asked = 0;
        foreach (ApiMethod method in ApiMethods.All)
        {
            string json = RequestFor(method, known);

            // In the name of the other tenant there is none, whatever the call.
            Metadata inItsName = ApiHost.Bearer(secret);
            inItsName.Add(ApiInterceptor.TenantHeader, one.Id);
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => host.CallAsync(method, json, inItsName));
            Assert.Equal((method.Name, method.IsOfPlatform ? StatusCode.PermissionDenied : StatusCode.NotFound), (method.Name, refused.StatusCode));

            if (json == "{}")
            {
                if (!method.IsChanging)
                {
                    string answer = (await host.CallAsync(method, json, ApiHost.Bearer(secret))).ToString()!;
                    Assert.DoesNotContain(known.Values, value => value.Length > 0 && answer.Contains(value, StringComparison.OrdinalIgnoreCase));
                }

                continue;
            }

            asked++;
            RpcException missing = await Assert.ThrowsAsync<RpcException>(() => host.CallAsync(method, json, ApiHost.Bearer(secret)));
            Assert.Equal((method.Name, StatusCode.NotFound), (method.Name, missing.StatusCode));
        }

        Assert.True(asked >= 62, $"{asked} calls name something");

        // The key itself, and nothing else, was written.
        Assert.Equal(before + 1, await host.Database.Store.ReadSeqAsync());
    }

    [Fact]
    public async Task EveryCall_AsEachRole_IsAllowedWhatTheRoleAllows()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Tenant tenant = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        foreach ((string role, string[] permissions) in Permissions.Presets)
        {
            await host.Tenants.CreateUserAsync(new UserChange { Name = role, Roles = { role } }, ApiHost.For(tenant.Id));
            string secret = (await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = role, Scopes = { "*:*" }, User = role }, ApiHost.For(tenant.Id))).Secret;
            foreach (ApiMethod method in ApiMethods.All)
            {
                bool may = Permissions.Allow(Permissions.Join(permissions), method.Permission) && !method.IsOfPlatform;
                string reason = "";
                try
                {
                    await host.CallAsync(method, "{}", ApiHost.Bearer(secret));
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.PermissionDenied)
                {
                    reason = ErrorDetails.Of(e).Reason;
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition)
                {
                    // What an empty request is answered by who looks at it.
                }

                Assert.Equal((role, method.Name, may), (role, method.Name, reason is not ("PERMISSION_MISSING" or "PLATFORM_ONLY")));
            }
        }
    }

    [Fact]
    public void EveryMethod_OfTheServices_StandsInTheTable_Once()
    {
        IEnumerable<string> served = ApiMethods.All.Select(static method => ApiMethods.Describe(method).Service).Distinct().SelectMany(static service => service.Methods).Select(static method => $"/{method.Service.FullName}/{method.Name}");
        Assert.Equal(served.Order(StringComparer.Ordinal), ApiMethods.All.Select(static method => method.FullName).Order(StringComparer.Ordinal));
        Assert.Equal(ApiMethods.All.Count, ApiMethods.All.DistinctBy(static method => (method.Verb, method.Path)).Count());
        Assert.Equal(ApiMethods.All.Count, ApiMethods.All.DistinctBy(static method => method.Command).Count());
        foreach (ApiMethod method in ApiMethods.All)
        {
            MessageDescriptor request = ApiMethods.Describe(method).InputType;
            Assert.All(method.Path.Split('/').Where(static part => part.StartsWith('{')), part => Assert.NotNull(request.FindFieldByName(part.Trim('{', '}'))));
        }
    }

    // A request that names what another tenant has; {} where the method names nothing.
    private static string RequestFor(ApiMethod method, Dictionary<string, string> known)
    {
        string noun = method.Path.Split('/')[2];
        List<string> fields = [];
        foreach (FieldDescriptor field in ApiMethods.Describe(method).InputType.Fields.InFieldNumberOrder())
        {
            if (field.Name is "entity_id" or "caller" || (noun == "opt-outs" && method.Name.StartsWith("List", StringComparison.Ordinal)) || (field.Name == "number" && method.Service == "CallRecords") || (field.Name == "id" && method.Name.StartsWith("Create", StringComparison.Ordinal))
                || (field.Name is "queue" or "agent" && method.Service == "CallRecords")
                || (field.Name is "queue" or "box" && method.Name.StartsWith("List", StringComparison.Ordinal) is false && method.Service == "Voicemail"))
            {
                continue;
            }

            if ((known.GetValueOrDefault($"{noun}.{field.Name}") ?? known.GetValueOrDefault(field.Name)) is { Length: > 0 } value)
            {
                fields.Add($"\"{field.Name}\": \"{value}\"");
            }
        }

        if (fields.Count > 0 && ApiMethods.Describe(method).InputType.FindFieldByName("name") is not null && method.Name.StartsWith("Create", StringComparison.Ordinal))
        {
            fields.Add("\"name\": \"mine\"");
        }

        if (fields.Count > 0)
        {
            // What is looked at before it is looked for.
            string[] needed = method.Name switch
            {
                "CreateKey" => ["\"scopes\": [\"numbers:read\"]"],
                "CreateUser" => ["\"roles\": [\"owner\"]"],
                "MarkVoicemail" => ["\"state\": \"STATE_READ\""],
                "CreateBox" => ["\"box\": \"200\""],
                _ => [],
            };
            fields.AddRange(needed);
        }

        return $"{{{string.Join(", ", fields)}}}";
    }

    private static async Task<Dictionary<string, string>> FillAsync(ApiHost host, Tenant tenant)
    {
        Metadata headers = ApiHost.For(tenant.Id);
        User user = await host.Tenants.CreateUserAsync(new UserChange { Name = "alice", Roles = { "admin" } }, headers);
        Role role = await host.Tenants.CreateRoleAsync(new RoleChange { Name = "special", Permissions = { "numbers:read" } }, headers);
        NewAccount account = await host.Tenants.CreateAccountAsync(new AccountChange { Name = "alice-phone" }, headers);
        NewKey key = await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "key", Scopes = { "*:*" } }, headers);
        Job job = await host.Numbers.ImportNumbersAsync(new ImportNumbersRequest { Numbers = { new NumberLine { Number = Number } } }, headers);
        await ApiFlows.FinishAsync(host, job, headers);
        Document plan = await host.Plans.CreatePlanAsync(new CreateDocumentRequest { Name = "plan", Document = "{}" }, headers);
        Document menu = await new Menus.MenusClient(host.Invoker).CreateMenuAsync(new CreateDocumentRequest { Name = "menu", Document = "{}" }, headers);
        Schedule schedule = await new Schedules.SchedulesClient(host.Invoker).CreateScheduleAsync(new ScheduleChange { Name = "hours" }, headers);
        Prompt prompt = await new Prompts.PromptsClient(host.Invoker).CreatePromptAsync(new PromptChange { Name = "welcome", Text = "Hello" }, headers);
        Queue queue = await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, headers);
        Agent agent = await new Agents.AgentsClient(host.Invoker).CreateAgentAsync(new AgentChange { User = "alice" }, headers);
        await host.Queues.SetMemberAsync(new MemberChange { Queue = "sales", Agent = "alice" }, headers);
        VoicemailBox box = await new Voicemail.VoicemailClient(host.Invoker).CreateBoxAsync(new VoicemailBoxChange { Box = "100" }, headers);
        NewWebhook webhook = await new Webhooks.WebhooksClient(host.Invoker).CreateWebhookAsync(new WebhookChange { Name = "hook", Url = "https://example.com/" }, headers);
        await host.Numbers.AssignNumberAsync(new AssignNumberRequest { Number = Number, TargetId = "plan" }, headers);
        TenantScope scope = TenantScope.Of(Guid.Parse(tenant.Id));
        var message = new Rows.VoicemailMessage { TenantId = scope.TenantId, BoxId = Guid.Parse(box.Id), CallId = "call-x" };
        await using ServiceContext records = host.Database.Store.Open(scope);
        var text = new Rows.TextMessage { TenantId = scope.TenantId, Number = Number, Peer = "+12025550199" };
        var notification = new Rows.Notification { TenantId = scope.TenantId, MessageId = message.Id, Receiver = "ann@example.org" };
        records.AddRange(message, text, notification, new Rows.CallEntry { TenantId = scope.TenantId, CallId = "call-x", Number = Number, Record = "{}" });
        await records.SaveChangesAsync();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tenants.id"] = tenant.Id,
            ["users.id"] = user.Id,
            ["accounts.id"] = account.Account.Id,
            ["roles.id"] = role.Id,
            ["keys.id"] = key.Key.Id,
            ["jobs.id"] = job.Id,
            ["plans.id"] = plan.Id,
            ["plans.plan"] = plan.Id,
            ["menus.id"] = menu.Id,
            ["schedules.id"] = schedule.Id,
            ["prompts.id"] = prompt.Id,
            ["queues.id"] = queue.Id,
            ["agents.id"] = agent.Id,
            ["voicemail-boxes.id"] = box.Id,
            ["voicemails.id"] = message.Id.ToString(),
            ["webhooks.id"] = webhook.Webhook.Id,
            ["messages.id"] = text.Id.ToString(),
            ["threads.number"] = Number,
            ["opt-outs.number"] = Number,
            ["opt-outs.peer"] = "+12025550199",
            ["notifications.id"] = notification.Id.ToString(),
            ["notifications.message"] = message.Id.ToString(),
            ["numbers.number"] = Number,
            ["call_id"] = "call-x",
            ["target_id"] = plan.Id,
            ["queue"] = queue.Id,
            ["agent"] = agent.Id,
            ["user"] = user.Id,
            ["box"] = box.Id,
        };
    }
}
