using System.Text.Json.Nodes;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Webhooks;

namespace MediaCore.Numbers.Tests.Events;

public sealed class WebhookWorkTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Event_IsPostedOnce_Signed_WithItsOrder(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await using WebhookReceiver receiver = new();
        receiver.AnswerWith(200, body: "thank\0you" + new string('.', 2_000));
        WebhookEndpoint endpoint = await world.AddWebhookAsync(receiver.Url);
        Guid id = await world.AddEventAsync("call-7");
        await world.TellAsync();
        await world.TellAsync();
        ReceivedHook hook = Assert.Single(receiver.Got);
        Assert.Equal((id.ToString(), "application/json", "1795435200"), (hook.Id, hook.Headers["content-type"], hook.Headers["webhook-timestamp"]));
        Assert.Equal("""{"type":"message.received","timestamp":"2026-11-23T12:00:00.000Z","subject":"call-7","sequence":1,"data":{"text":"hello"}}""", hook.Body);
        Assert.Equal(WebhookSignature.Of(endpoint, hook.Id, 1_795_435_200, System.Text.Encoding.UTF8.GetBytes(hook.Body)), hook.Headers["webhook-signature"]);
        WebhookDelivery delivery = Assert.Single(await world.DeliveriesAsync());
        Assert.Equal((WebhookDeliveryState.Delivered, 1, 200, "", 64), (delivery.State, delivery.Attempts, delivery.Status, delivery.Problem, delivery.BodyHash.Length));
        Assert.Equal(("thank you", WebhookLimits.MaxResponseBytes), (delivery.Response[..9], delivery.Response.Length));
        WebhookProgress progress = await world.ProgressAsync(endpoint);
        Assert.Equal((0, null, ""), (progress.Failures, progress.FailingSinceMs, progress.Owner));
    }

    [Theory]
    [InlineData(500, "", "it answered 500", 5)]
    [InlineData(302, "Location: /other\r\n", "redirections are not followed", 5)]
    [InlineData(429, "Retry-After: 120\r\n", "it answered 429", 120)]
    [InlineData(503, "Retry-After: Mon, 23 Nov 2026 12:10:00 GMT\r\n", "it answered 503", 600)]
    [InlineData(503, "Retry-After: 999999\r\n", "it answered 503", 86_400)]
    public async Task Attempt_ThatFails_IsTriedAgainLater(int status, string headers, string problem, int seconds)
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        await using WebhookReceiver receiver = new();
        receiver.AnswerWith(status, headers);
        WebhookEndpoint endpoint = await world.AddWebhookAsync(receiver.Url);
        await world.AddEventAsync("a");
        await world.TellAsync();
        await world.TellAsync();
        Assert.Single(receiver.Got);
        WebhookDelivery delivery = Assert.Single(await world.DeliveriesAsync());
        Assert.Equal((WebhookDeliveryState.Pending, 1, status), (delivery.State, delivery.Attempts, delivery.Status));
        Assert.Contains(problem, delivery.Problem, StringComparison.Ordinal);
        Assert.InRange(delivery.NextAtMs - world.Database.Store.NowMs, seconds * 1_000, seconds * 1_100);
        Assert.Equal((1, world.Database.Store.NowMs), ((await world.ProgressAsync(endpoint)).Failures, (await world.ProgressAsync(endpoint)).FailingSinceMs));
        receiver.AnswerWith(204);
        await world.TellUntilAsync(TimeSpan.FromSeconds(seconds * 1.2));
        Assert.Equal((2, WebhookDeliveryState.Delivered), (receiver.Got.Count, (await world.DeliveriesAsync())[0].State));
        Assert.Null((await world.ProgressAsync(endpoint)).FailingSinceMs);
    }

    /// <summary>Scenario 19: the server is down for three hours and comes back: every event once, in order.</summary>
    [Theory]
    [InlineData(StoreProvider.Sqlite, true)]
    [InlineData(StoreProvider.Postgres, true)]
    [InlineData(StoreProvider.Sqlite, false)]
    public async Task Server_ThatIsBackAfterThreeHours_GetsEveryEventOnce_InOrder(StoreProvider provider, bool ordered)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await using WebhookReceiver receiver = new();
        HashSet<string> seen = [];
        List<string> taken = [];
        bool isDown = true;
        receiver.Answer = hook =>
        {
            lock (taken)
            {
                if (isDown)
                {
                    return Task.FromResult(WebhookReceiver.Status(503));
                }

                Assert.True(seen.Add(hook.Id), "told twice");
                taken.Add(hook.Body);
                return Task.FromResult(WebhookReceiver.Status(204));
            }
        };
        await world.AddWebhookAsync(receiver.Url, row => row.Ordered = ordered);
        for (int i = 0; i < 12; i++)
        {
            await world.AddEventAsync($"call-{i % 2}", data: new JsonObject { ["i"] = i });
            await world.TellUntilAsync(TimeSpan.FromMinutes(15));
        }

        Assert.Empty(taken);
        Assert.InRange(receiver.Got.Count, 6, 200);
        lock (taken)
        {
            isDown = false;
        }

        await world.TellUntilAsync(TimeSpan.FromHours(6));
        int[] got = [.. taken.Select(static body => (int)JsonNode.Parse(body)!["data"]!["i"]!)];
        Assert.Equal(12, got.Length);
        Assert.Equal(Enumerable.Range(0, 6).Select(static i => 2 * i), got.Where(static i => i % 2 == 0));
        Assert.Equal(Enumerable.Range(0, 6).Select(static i => (2 * i) + 1), got.Where(static i => i % 2 == 1));
        if (ordered)
        {
            Assert.Equal(Enumerable.Range(0, 12), got);
        }

        Assert.All(await world.DeliveriesAsync(), static each => Assert.Equal(WebhookDeliveryState.Delivered, each.State));
    }

    [Fact]
    public async Task Server_ThatAnswers410_IsToldNoMore()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        await using WebhookReceiver receiver = new();
        receiver.AnswerWith(410);
        WebhookEndpoint endpoint = await world.AddWebhookAsync(receiver.Url, static row => row.Ordered = true);
        await world.AddEventAsync("a");
        await world.AddEventAsync("b");
        await world.TellAsync();
        await world.AddEventAsync("c");
        await world.TellUntilAsync(TimeSpan.FromDays(2));
        Assert.Single(receiver.Got);
        endpoint = await world.ReadAsync(endpoint);
        Assert.Equal((WebhookState.Disabled, "its server answered 410"), (endpoint.State, endpoint.DisabledReason));
        Assert.Equal([WebhookDeliveryState.Failed, WebhookDeliveryState.Failed], (await world.DeliveriesAsync()).Select(static each => each.State));
        Assert.Equal(endpoint.Id.ToString(), Assert.Single(await world.EventsAsync(), static each => each.Type == ServiceEventTypes.WebhookDisabled).Subject);
        Assert.Contains(await world.Database.AuditAsync(), static each => each.Action == "webhook.disable");
        Assert.DoesNotContain(await world.Database.AuditAsync(), static each => each.Changes.Contains("whsec_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_ThatFailsForADay_IsSwitchedOff()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        await using WebhookReceiver receiver = new();
        receiver.AnswerWith(500);
        WebhookEndpoint endpoint = await world.AddWebhookAsync(receiver.Url);
        for (int i = 0; i < 26; i++)
        {
            await world.AddEventAsync($"call-{i}");
            await world.TellUntilAsync(TimeSpan.FromHours(1));
            Assert.Equal(i < 24 ? WebhookState.Active : WebhookState.Disabled, i == 23 ? WebhookState.Active : (await world.ReadAsync(endpoint)).State);
        }

        Assert.Equal("its server has failed for 24 hours", (await world.ReadAsync(endpoint)).DisabledReason);
    }

    [Fact]
    public async Task Server_ThatIsSlow_KeepsNoOtherWaiting()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        TaskCompletionSource<string> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver slow = new(_ =>
        {
            asked.TrySetResult();
            return answer.Task;
        });
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver quick = new();
        quick.Answer = hook =>
        {
            if (quick.Got.Count == 20)
            {
                all.TrySetResult();
            }

            return Task.FromResult(WebhookReceiver.Status(204));
        };
        await world.AddWebhookAsync(slow.Url);
        await world.AddWebhookAsync(quick.Url);
        for (int i = 0; i < 20; i++)
        {
            await world.AddEventAsync($"call-{i}");
        }

        await world.Numbering.RunOnceAsync();
        await world.Work.StartTurnsAsync();
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(WebhookLimits.Width, slow.Got.Count);
        answer.SetResult(WebhookReceiver.Status(204));
        await world.Work.Turns;
        Assert.Equal((20, 20), (slow.Got.Count, quick.Got.Count));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task TwoNodes_ShareTheWork_AndTellNothingTwice(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await using WebhookReceiver receiver = new();
        for (int i = 0; i < 4; i++)
        {
            await world.AddWebhookAsync($"{receiver.Url}/{i}");
        }

        WebhookWork other = world.NewNode(await world.Database.OpenNodeAsync(), "two");
        for (int i = 0; i < 20; i++)
        {
            await world.AddEventAsync($"call-{i}");
        }

        await world.Numbering.RunOnceAsync();
        await Task.WhenAll(world.Work.StartTurnsAsync(), other.StartTurnsAsync());
        await Task.WhenAll(world.Work.Turns, other.Turns);
        Assert.Equal(80, receiver.Got.Count);
        Assert.All(await world.DeliveriesAsync(), static each => Assert.Equal((WebhookDeliveryState.Delivered, 1), (each.State, each.Attempts)));
    }

    [Fact]
    public async Task Webhook_OfANodeThatDied_IsToldByAnother_WhenItsLeaseIsOver()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        TaskCompletionSource<string> never = new();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver receiver = new(_ =>
        {
            asked.TrySetResult();
            return never.Task;
        });
        await world.AddWebhookAsync(receiver.Url);
        Guid id = await world.AddEventAsync("a");
        await world.Numbering.RunOnceAsync();
        using CancellationTokenSource death = new();
        await world.Work.StartTurnsAsync(death.Token);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(2), CancellationToken.None);
        await death.CancelAsync();
        await world.Work.Turns;
        receiver.AnswerWith(204);
        WebhookWork other = world.NewNode(world.Database.Store, "two");
        await other.StartTurnsAsync(CancellationToken.None);
        await other.Turns;
        Assert.Single(receiver.Got);
        world.Database.Clock.Advance(EventLimits.Lease);
        await other.StartTurnsAsync(CancellationToken.None);
        await other.Turns;
        Assert.Equal([id.ToString(), id.ToString()], receiver.Got.Select(static each => each.Id));
        Assert.Equal(WebhookDeliveryState.Delivered, Assert.Single(await world.DeliveriesAsync()).State);
    }

    [Fact]
    public async Task Address_ThatIsPrivate_OrWithoutTls_IsRefused()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        await using WebhookReceiver receiver = new();
        await world.AddWebhookAsync(receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await world.AddEventAsync("a");
        await world.Numbering.RunOnceAsync();
        foreach ((WebhookOptions options, string problem) in new[] { (new WebhookOptions { AllowHttp = true }, "network that webhooks may not reach"), (new WebhookOptions(), "http is not allowed") })
        {
            WebhookWork work = world.NewNode(world.Database.Store, "one", options);
            await work.StartTurnsAsync();
            await work.Turns;
            Assert.Contains(problem, Assert.Single(await world.DeliveriesAsync()).Problem, StringComparison.Ordinal);
            world.Database.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Empty(receiver.Got);
    }

    [Fact]
    public async Task Server_ThatKeepsSilent_IsGivenUp()
    {
        await using WebhookReceiver receiver = new(static _ => new TaskCompletionSource<string>().Task);
        using WebhookClient client = new(EventWorld.Loopback, TimeProvider.System, TimeSpan.FromMilliseconds(200));
        WebhookAnswer answer = await client.SendAsync(new WebhookEndpoint { Url = receiver.Url, Secret = WebhookSignature.NewSecret() }, Guid.CreateVersion7(), [], CancellationToken.None);
        Assert.Equal(("timed_out", "no answer within 0.2 s"), (answer.Result, answer.Problem));
    }
}
