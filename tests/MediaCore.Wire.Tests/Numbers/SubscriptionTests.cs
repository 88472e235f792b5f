using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>A real phone subscribes to its waiting messages.</summary>
public class SubscriptionTests(NumberServerFixture fixture) : IClassFixture<NumberServerFixture>
{
    // By UDP alone: registered by TCP, baresip 1.0.0 subscribes by UDP all the same.
    [Fact]
    public async Task Baresip_SubscribesToItsMessages_AndTakesTheNotification()
    {
        MediaCoreServer server = fixture.Server;
        const string Accepted = "mediacore_sip_notifications_total{package=\"message-summary\",result=\"accepted\"}";
        double before = await server.ReadMetricAsync(Accepted);
        await using BaresipPhone phone = await BaresipPhone.StartAsync(server, "1001", await server.ReadPasswordAsync("1001"), 1000, watchesMessages: true);
        await phone.WaitUntilRegisteredAsync();
        await phone.WaitForAsync("mwi: subscribing to messages for");
        await Eventually.IsAsync(() => server.ReadMetricAsync(Accepted), after => after == before + 1, "a notification that the phone accepts");
        Assert.True(await server.ReadMetricAsync("mediacore_sip_subscriptions{package=\"message-summary\"}") >= 1);
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_sip_notifications_total{package=\"message-summary\",result=\"refused\"}"));
        await phone.WaitForAsync("Messages-Waiting: no");
    }
}
