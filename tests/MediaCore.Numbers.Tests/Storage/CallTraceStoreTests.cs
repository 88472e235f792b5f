using System.Text.Json;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Storage;

public sealed class CallTraceStoreTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Decisions_AreKept_ForTheTenantAlone_AndOnceForACallThatComesTwice(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope one = await database.AddTenantAsync("one");
        TenantScope two = await database.AddTenantAsync("two");
        await using (var traces = new CallTraceStore(database.Store))
        {
            traces.Add(Completed(one, "0-a", "first"));
            traces.Add(Completed(two, "0-a", "theirs"));
            traces.Add(Completed(one, "0-a", "rule \"hours\""));
        }

        await using ServiceContext context = database.Store.Open(one);
        CallTrace row = await context.CallTraces.SingleAsync();
        using var document = JsonDocument.Parse(row.Document);
        JsonElement root = document.RootElement;
        Assert.Equal(("+12025550100", "Talked", "vip", "gold", 7L, "rule \"hours\""), (row.Number, root.GetProperty("outcome").GetString(), root.GetProperty("tags")[0].GetString(),
            root.GetProperty("variables").GetProperty("tier").GetString(), root.GetProperty("configuration").GetInt64(), root.GetProperty("steps")[0].GetProperty("text").GetString()));
    }

    private static CompletedCall Completed(TenantScope tenant, string callId, string text) => new(
        new CallFacts { CallId = callId, TenantId = tenant.TenantId, Number = "+12025550100", At = DateTimeOffset.UnixEpoch },
        [new CallTraceLine(DateTimeOffset.UnixEpoch, "plan", text)],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["tier"] = "gold" },
        new ActivityResult(ActivityOutcome.Talked),
        null) { Tags = ["vip"], Configuration = 7 };
}
