using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;
using Rows = MediaCore.Numbers.Model;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>What holds for all calls of the API: idempotency keys, pages, etags, rates, keys, the audit.</summary>
public sealed class ApiRuleTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task IdempotencyKey_CarriesOutOnce_AnswersTheSame_AndIsOfOneRequest(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        Metadata key = new() { { "idempotency-key", "k1" } };
        Queue first = await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, key);
        Queue again = await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, key);
        Assert.Equal(first, again);

        RpcException other = await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.CreateQueueAsync(new QueueChange { Name = "support" }, key));
        Assert.Equal((StatusCode.AlreadyExists, "IDEMPOTENCY_KEY_REUSED"), (other.StatusCode, ErrorDetails.Of(other).Reason));

        // A refusal leaves nothing: the same key may come again with what is right.
        Metadata second = new() { { "idempotency-key", "k2" } };
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.CreateQueueAsync(new QueueChange { Name = "" }, second))).StatusCode);
        await host.Queues.CreateQueueAsync(new QueueChange { Name = "support" }, second);

        // Of many at the same moment one is carried out; the others hear that it goes on, or its answer.
        Metadata third = new() { { "idempotency-key", "k3" } };
        Queue?[] made = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return await host.Queues.CreateQueueAsync(new QueueChange { Name = "race" }, third);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Aborted)
            {
                return null;
            }
        }));
        Assert.Single(made.OfType<Queue>().Distinct());
        Assert.Equal(["sales", "support", "race"], (await host.Queues.ListQueuesAsync(new PageRequest())).Queues.Select(static queue => queue.Name));

        // A day later it is forgotten.
        host.Database.Clock.Advance(ApiLimits.AnswerMemory);
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, key))).StatusCode);
    }

    [Fact]
    public async Task IdempotencyKey_OfWhatHadASecret_DoesNotShowItAgain()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Metadata key = new() { { "idempotency-key", "k1" } };
        CreateKeyRequest request = new() { Name = "panel", Scopes = { "numbers:read" } };
        string secret = (await host.Tenants.CreateKeyAsync(request, key)).Secret;
        RpcException again = await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.CreateKeyAsync(request, key));
        Assert.Equal((StatusCode.AlreadyExists, "SECRET_SHOWN"), (again.StatusCode, ErrorDetails.Of(again).Reason));
        Assert.Single((await host.Tenants.ListKeysAsync(new PageRequest())).Keys);
        Assert.StartsWith("mck_", secret, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Pages_StayAsTheyAre_WhileRowsAreAdded(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        foreach (int i in Enumerable.Range(0, 5))
        {
            await host.Queues.CreateQueueAsync(new QueueChange { Name = $"q{i}" });
        }

        List<string> seen = [];
        string token = "";
        do
        {
            ListQueuesResponse page = await host.Queues.ListQueuesAsync(new PageRequest { PageSize = 2, PageToken = token });
            seen.AddRange(page.Queues.Select(static queue => queue.Name));
            token = page.NextPageToken;
            if (seen.Count == 2)
            {
                await host.Queues.CreateQueueAsync(new QueueChange { Name = "late" });
                await host.Queues.DeleteQueueAsync(new DeleteEntityRequest { Id = "q0" });
            }
        }
        while (token.Length > 0);

        Assert.Equal(["q0", "q1", "q2", "q3", "q4", "late"], seen);
        RpcException bad = await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.ListQueuesAsync(new PageRequest { PageToken = "nonsense!" }));
        Assert.Equal((StatusCode.InvalidArgument, "page_token"), (bad.StatusCode, Assert.Single(ErrorDetails.Of(bad).Problems).Path));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Records_AreListed_Filtered_AndExported_ByCursor(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        await using (ServiceContext database = host.Database.Store.Open(MediaCore.Numbers.Identity.TenantScope.Platform))
        {
            database.AddRange(Enumerable.Range(0, 5).Select(static i => new Rows.CallEntry
            {
                TenantId = Rows.Tenant.PlatformId,
                CallId = $"c{i}",
                Number = i < 3 ? "+12025550123" : null,
                Caller = i == 1 ? "=HYPERLINK(\"x\")" : $"+1202555010{i}",
                Called = "+12025550123",
                StartedAtMs = 1000 * (i / 2),
                AnsweredAtMs = i % 2 == 0 ? 3000 : null,
                EndedAtMs = 5000,
                Reason = "completed",
                EndedBy = "caller",
                Record = $"{{\"call_id\":\"c{i}\"}}",
            }));

            // Joined in another order than they began; c4 belongs to c3.
            database.AddRange(Enumerable.Range(0, 4).Select(static i => new Rows.JoinedCall
            {
                TenantId = Rows.Tenant.PlatformId,
                CallId = $"c{i}",
                Seq = 10 - i,
                StartedAtMs = 1000 * (i / 2),
                Disposition = i == 1 ? "abandoned" : "answered",
                Queues = i == 1 ? "\nsales\n" : "",
                Tags = i == 2 ? "\nvip\ngold\n" : "",
                Document = $$$"""{"call_id":"c{{{i}}}","caller":"{{{(i == 1 ? "=HYPERLINK(1)" : "+12025550109")}}}","duration_ms":5000,"end":{"by":"caller","reason":"completed"}}""",
            }));
            database.Add(new Rows.CallLink { TenantId = Rows.Tenant.PlatformId, CallId = "c4", LinkedFrom = "c3", Kind = MediaCore.Numbers.Records.CallLinkKind.Callback });
            await database.SaveChangesAsync();
        }

        CallRecords.CallRecordsClient records = new(host.Invoker);
        ListRecordsResponse page = await records.ListRecordsAsync(new ListRecordsRequest { PageSize = 3, WithLinked = true });
        Assert.Equal(["c0", "c1", "c2"], page.Records.Select(static record => record.CallId));
        Assert.Equal(["c3", "c4"], (await records.ListRecordsAsync(new ListRecordsRequest { PageToken = page.NextPageToken, WithLinked = true })).Records.Select(static record => record.CallId));
        Assert.Equal(["c0", "c2"], (await records.ListRecordsAsync(new ListRecordsRequest { Answered = true })).Records.Select(static record => record.CallId));
        Assert.Equal(["c2"], (await records.ListRecordsAsync(new ListRecordsRequest { Number = "+12025550123", From = new Timestamp { Seconds = 1 }, Until = new Timestamp { Seconds = 2 } })).Records.Select(static record => record.CallId));
        Assert.Equal(["c1"], (await records.ListRecordsAsync(new ListRecordsRequest { Queue = "sales", Disposition = "abandoned" })).Records.Select(static record => record.CallId));
        Assert.Equal(["c2"], (await records.ListRecordsAsync(new ListRecordsRequest { Tag = "gold" })).Records.Select(static record => record.CallId));
        Assert.Empty((await records.ListRecordsAsync(new ListRecordsRequest { Tag = "gol" })).Records);
        Assert.Equal("disposition", Assert.Single(ErrorDetails.Of(await Assert.ThrowsAsync<RpcException>(async () => await records.ListRecordsAsync(new ListRecordsRequest { Disposition = "good" }))).Problems).Path);
        CallHistoryRecord linked = await records.GetRecordAsync(new GetRecordRequest { CallId = "c4" });
        Assert.Equal("{\"call_id\":\"c4\"}", linked.Record);
        Assert.StartsWith("{\"call_id\":\"c3\"", linked.Joined, StringComparison.Ordinal);

        using AsyncServerStreamingCall<DataChunk> csv = records.ExportRecords(new ExportRecordsRequest());
        Assert.True(await csv.ResponseStream.MoveNext(CancellationToken.None));
        DataChunk file = csv.ResponseStream.Current;
        string[] lines = file.Data.ToStringUtf8().Split("\r\n");
        Assert.Equal(["c3", "c2", "c1", "c0"], lines[1..5].Select(static line => line.Split(',')[0]));
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
        Assert.StartsWith("c1,,'=HYPERLINK(1),", lines[3], StringComparison.Ordinal);
        Assert.Equal(("text/csv; charset=utf-8", ""), (file.ContentType, file.NextPageToken));

        // What changes later comes with the cursor, and nothing else does.
        await using (ServiceContext database = host.Database.Store.Open(MediaCore.Numbers.Identity.TenantScope.Platform))
        {
            (await database.JoinedCalls.SingleAsync(static row => row.CallId == "c1")).Seq = 11;
            await database.SaveChangesAsync();
        }

        using AsyncServerStreamingCall<DataChunk> later = records.ExportRecords(new ExportRecordsRequest { PageToken = file.Cursor, Format = ExportRecordsRequest.Types.Format.JsonLines });
        Assert.True(await later.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(["c1"], later.ResponseStream.Current.Data.ToStringUtf8().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line[12..14]));
        using HttpResponseMessage rest = await host.Rest.GetAsync($"/v1/record-exports?page_token={later.ResponseStream.Current.Cursor}");
        Assert.Equal(later.ResponseStream.Current.Cursor, Assert.Single(rest.Headers.GetValues("X-Cursor")));
    }

    [Fact]
    public async Task Numbers_InRecords_AreShown_ToThosePermitted()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Tenant tenant = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        var scope = MediaCore.Numbers.Identity.TenantScope.Of(Guid.Parse(tenant.Id));
        await using (ServiceContext database = host.Database.Store.Open(MediaCore.Numbers.Identity.TenantScope.Platform))
        {
            database.Add(new Rows.CallEntry { TenantId = scope.TenantId, CallId = "c", Caller = "+12025550199", Called = "+12025550123", Record = "{\"call_id\":\"c\"}" });
            database.Add(new Rows.JoinedCall { TenantId = scope.TenantId, CallId = "c", Seq = 1, Document = """{"caller":"+12025550199","legs":[{"from":"sip:+12025550199@192.0.2.1","peer":"alice","role":"a"}]}""" });
            await database.SaveChangesAsync();
        }

        CallRecords.CallRecordsClient records = new(host.Invoker);
        Metadata few = ApiHost.Bearer((await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "few", Scopes = { "records:read" } }, ApiHost.For("one"))).Secret);
        Metadata all = ApiHost.Bearer((await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "all", Scopes = { "records:read", "callers:read" } }, ApiHost.For("one"))).Secret);
        CallHistoryRecord hidden = await records.GetRecordAsync(new GetRecordRequest { CallId = "c" }, few);
        Assert.Equal(("**********99", "**********23", ""), (hidden.Caller, hidden.Called, hidden.Record));
        Assert.DoesNotContain("2025550199", hidden.Joined, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", hidden.Joined, StringComparison.Ordinal);
        Assert.Contains("\"role\":\"a\"", hidden.Joined, StringComparison.Ordinal);
        CallHistoryRecord shown = await records.GetRecordAsync(new GetRecordRequest { CallId = "c" }, all);
        Assert.Equal("+12025550199", shown.Caller);
        Assert.Contains("sip:+12025550199@192.0.2.1", shown.Joined, StringComparison.Ordinal);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await records.ListRecordsAsync(new ListRecordsRequest { Peer = "+12025550199" }, few))).StatusCode);
    }

    [Fact]
    public async Task Recordings_AreListed_FetchedInParts_AndDeleted()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string folder = Directory.CreateDirectory(Path.Combine(host.Folder, "recordings")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.wav"), [.. Enumerable.Range(0, 100).Select(static i => (byte)i)]);
        await using (ServiceContext database = host.Database.Store.Open(MediaCore.Numbers.Identity.TenantScope.Platform))
        {
            database.Add(new Rows.CallEntry { TenantId = Rows.Tenant.PlatformId, CallId = "c", Record = "{\"call_id\":\"c\"}" });
            database.Add(new Rows.Recording { TenantId = Rows.Tenant.PlatformId, CallId = "c", Node = "n", File = "a.wav", Format = "wav", Layout = "stereo", State = Rows.RecordingState.Completed, StartedAtMs = 1 });
            database.Add(new Rows.Recording { TenantId = Rows.Tenant.PlatformId, CallId = "c", Node = "n", File = "b.wav", State = Rows.RecordingState.InProgress, StartedAtMs = 2 });
            await database.SaveChangesAsync();
        }

        CallRecords.CallRecordsClient records = new(host.Invoker);
        Assert.Equal([("completed", 0), ("in_progress", 1)], (await records.ListRecordingsAsync(new ListRecordsRequest())).Recordings.Select(static one => (one.State, one.Index)));
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/recordings/c/0") { Headers = { Range = new System.Net.Http.Headers.RangeHeaderValue(10, 19) } };
        using HttpResponseMessage part = await host.Rest.SendAsync(request);
        Assert.Equal((206, "bytes 10-19/100"), ((int)part.StatusCode, part.Content.Headers.ContentRange?.ToString()));
        Assert.Equal(Enumerable.Range(10, 10).Select(static i => (byte)i), await part.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage whole = await host.Rest.GetAsync("/v1/recordings/c/0");
        Assert.Equal((200, 100), ((int)whole.StatusCode, (await whole.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(async () => await records.DeleteRecordingAsync(new DeleteRecordingRequest { CallId = "c", Index = 1 }))).StatusCode);
        await records.DeleteRecordingAsync(new DeleteRecordingRequest { CallId = "c" });
        await records.DeleteRecordingAsync(new DeleteRecordingRequest { CallId = "c" });
        using HttpResponseMessage gone = await host.Rest.GetAsync("/v1/recordings/c/0");
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task Etag_OfBefore_IsRefused()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Queue queue = await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" });
        Queue changed = await host.Queues.UpdateQueueAsync(new QueueChange { Id = "sales", Etag = queue.Etag, WrapUpSeconds = 10 });
        Assert.Equal((10, 15), (changed.WrapUpSeconds, changed.RingSeconds));
        RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.UpdateQueueAsync(new QueueChange { Id = queue.Id, Etag = queue.Etag, WrapUpSeconds = 20 }));
        Assert.Equal((StatusCode.Aborted, "ETAG_MISMATCH"), (late.StatusCode, ErrorDetails.Of(late).Reason));
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.DeleteQueueAsync(new DeleteEntityRequest { Id = queue.Id, Etag = queue.Etag }))).StatusCode);
    }

    [Fact]
    public async Task Rate_OfAKey_IsBounded_AndSaysHowLongToWait()
    {
        await using ApiHost host = await ApiHost.StartAsync(time: new StandingTime());
        string secret = (await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "k", Scopes = { "tenants:read" } })).Secret;
        for (int i = 0; i < ApiLimits.BurstCalls; i++)
        {
            await host.Tenants.GetTenantAsync(new EntityRequest(), ApiHost.Bearer(secret));
        }

        RpcException many = await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.GetTenantAsync(new EntityRequest(), ApiHost.Bearer(secret)));
        Assert.Equal((StatusCode.ResourceExhausted, TimeSpan.FromSeconds(1.0 / ApiLimits.CallsPerSecond)), (many.StatusCode, ErrorDetails.Of(many).RetryAfter));
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/tenants") { Headers = { { "Authorization", $"Bearer {secret}" } } };
        using HttpResponseMessage response = await host.Rest.SendAsync(request);
        Assert.Equal((429, TimeSpan.FromSeconds(1)), ((int)response.StatusCode, response.Headers.RetryAfter?.Delta));
    }

    [Fact]
    public async Task Keys_AreHandedOutWithinOnesOwn_Rotated_AndRevoked()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Tenant tenant = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        NewKey key = await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "k", Scopes = { "keys:write", "numbers:read" } }, ApiHost.For("one"));
        Metadata mine = ApiHost.Bearer(key.Secret);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "more", Scopes = { "numbers:write" } }, mine))).StatusCode);
        NewKey fresh = await host.Tenants.RotateKeyAsync(new RotateKeyRequest { Id = key.Key.Id }, mine);
        await host.Tenants.ListKeysAsync(new PageRequest(), ApiHost.Bearer(fresh.Secret));
        await host.Tenants.ListKeysAsync(new PageRequest(), mine);
        host.Database.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.ListKeysAsync(new PageRequest(), mine))).StatusCode);
        ListKeysResponse keys = await host.Tenants.ListKeysAsync(new PageRequest(), ApiHost.Bearer(fresh.Secret));
        Assert.Equal([tenant.Id, "", key.Key.Id], [tenant.Id, keys.Keys[0].RotatedFromId, keys.Keys[1].RotatedFromId]);
        await host.Tenants.RevokeKeyAsync(new EntityRequest { Id = fresh.Key.Id }, ApiHost.Bearer(fresh.Secret));
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.ListKeysAsync(new PageRequest(), ApiHost.Bearer(fresh.Secret)))).StatusCode);

        // The audit says who, and from where.
        ListAuditResponse audit = await host.Tenants.ListAuditAsync(new ListAuditRequest { Action = "key.rotate" }, ApiHost.For("one"));
        Assert.Equal($"key:{key.Key.Prefix}@127.0.0.1", audit.Records[0].Actor);
    }

    [Fact]
    public async Task Reseller_ActsForItsCustomers_AndNobodyElses()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.Tenants.CreateTenantAsync(new TenantChange { Name = "reseller", Kind = Tenant.Types.Kind.Reseller });
        await host.Tenants.CreateTenantAsync(new TenantChange { Name = "stranger" });
        string secret = (await host.Tenants.CreateKeyAsync(new CreateKeyRequest { Name = "k", Scopes = { "*:*" } }, ApiHost.For("reseller"))).Secret;
        await host.Tenants.CreateTenantAsync(new TenantChange { Name = "customer" }, ApiHost.Bearer(secret));
        Assert.Equal(["reseller", "customer"], (await host.Tenants.ListTenantsAsync(new PageRequest(), ApiHost.Bearer(secret))).Tenants.Select(static tenant => tenant.Name));

        Metadata customer = ApiHost.Bearer(secret);
        customer.Add(ApiInterceptor.TenantHeader, "customer");
        await host.Queues.CreateQueueAsync(new QueueChange { Name = "sales" }, customer);
        Assert.Empty((await host.Queues.ListQueuesAsync(new PageRequest(), ApiHost.Bearer(secret))).Queues);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await host.Tenants.CreateTenantAsync(new TenantChange { Name = "below" }, customer))).StatusCode);

        Metadata stranger = ApiHost.Bearer(secret);
        stranger.Add(ApiInterceptor.TenantHeader, "stranger");
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await host.Queues.ListQueuesAsync(new PageRequest(), stranger))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Numbers_AreImported_Searched_Bought_Assigned_AndReleased(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        Metadata one = ApiHost.For("one");
        ImportNumbersRequest lines = new() { Numbers = { Enumerable.Range(0, 1200).Select(static i => new NumberLine { Number = $"+1202555{i + 1000}" }) } };
        lines.Numbers.Add(new NumberLine { Number = "nonsense" });
        Job job = await ApiFlows.FinishAsync(host, await host.Numbers.ImportNumbersAsync(lines), []);
        Assert.Equal((1201, 1, Job.Types.State.Finished), (job.Done, job.Refused, job.State));

        ListNumbersResponse found = await host.Numbers.SearchNumbersAsync(new SearchNumbersRequest { AreaCode = "202", Pattern = "*77", PageSize = 3 }, one);
        Assert.Equal(3, found.Numbers.Count);
        string number = found.Numbers[0].Number_;
        Assert.Equal(Number.Types.State.Reserved, (await host.Numbers.ReserveNumberAsync(new NumberRequest { Number = number }, one)).State);
        Assert.Equal(Number.Types.State.Owned, (await host.Numbers.BuyNumberAsync(new NumberRequest { Number = number }, one)).State);
        await host.Plans.CreatePlanAsync(new CreateDocumentRequest { Name = "main", Document = "{}" }, one);
        Number assigned = await host.Numbers.AssignNumberAsync(new AssignNumberRequest { Number = number, TargetId = "main" }, one);
        Assert.Equal((Number.Types.State.Assigned, Assignment.Types.Target.RoutingPlan), (assigned.State, Assert.Single(assigned.Assignments).Target));
        Assert.Equal("Sales", (await host.Numbers.UpdateNumberAsync(new UpdateNumberRequest { Number = number, Label = "Sales" }, one)).Label);
        Assert.Single((await host.Numbers.ListNumbersAsync(new SearchNumbersRequest(), one)).Numbers);
        Assert.Equal(Number.Types.State.Owned, (await host.Numbers.UnassignNumberAsync(new UnassignNumberRequest { Number = number }, one)).State);
        Assert.Equal(Number.Types.State.Released, (await host.Numbers.ReleaseNumberAsync(new NumberRequest { Number = number }, one)).State);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await host.Numbers.GetNumberAsync(new NumberRequest { Number = number }, one))).StatusCode);
    }

    [Fact]
    public async Task Plans_AreDrafted_Published_AndRolledBack()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.Plans.CreatePlanAsync(new CreateDocumentRequest { Name = "main" });
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await host.Plans.PublishPlanAsync(new EntityRequest { Id = "main" }))).StatusCode);
        Revision draft = await host.Plans.SavePlanDraftAsync(new SaveDraftRequest { Id = "main", Document = """{"a": 1}""" });
        Assert.Equal(1, (await host.Plans.PublishPlanAsync(new EntityRequest { Id = "main" })).Revision_);
        await host.Plans.SavePlanDraftAsync(new SaveDraftRequest { Id = "main", Document = """{"a": 2}""" });
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(async () => await host.Plans.SavePlanDraftAsync(new SaveDraftRequest { Id = "main", Document = "{}", Etag = "17" }))).StatusCode);
        await host.Plans.PublishPlanAsync(new EntityRequest { Id = "main" });
        Revision back = await host.Plans.RollBackPlanAsync(new RevisionRequest { Id = "main", Revision = 1 });
        Assert.Equal((1, """{"a": 1}""", Revision.Types.State.Published), (back.Revision_, back.Document, back.State));
        Document plan = await host.Plans.GetPlanAsync(new EntityRequest { Id = "main" });
        Assert.Equal((1, 0, 1), (plan.Published, plan.Draft, draft.Revision_));
        Assert.Equal([2, 1], (await host.Plans.ListPlanRevisionsAsync(new ListRevisionsRequest { Id = "main" })).Revisions.Select(static revision => revision.Revision_));
    }

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 1_000_000;
    }
}
