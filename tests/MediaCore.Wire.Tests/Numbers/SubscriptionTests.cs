using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Numbers;

/// <summary>A real phone subscribes to its waiting messages.</summary>
public class SubscriptionTests(NumberServerFixture fixture) : IClassFixture<NumberServerFixture>
{
    [Theory]
    [InlineData("udp", "1001")]
    [InlineData("tcp", "1002")]
    public async Task Baresip_SubscribesToItsMessages_AndTakesTheNotification(string transport, string account)
    {
        MediaCoreServer server = fixture.Server;
        const string Accepted = "mediacore_sip_notifications_total{package=\"message-summary\",result=\"accepted\"}";
        double before = await server.ReadMetricAsync(Accepted);
        await using BaresipPhone phone = await BaresipPhone.StartAsync(server, account, await server.ReadPasswordAsync(account), 1000, transport: transport, watchesMessages: true);
        await phone.WaitUntilRegisteredAsync();
        await phone.WaitForAsync("mwi: subscribing to messages for");
        await Eventually.IsAsync(() => server.ReadMetricAsync(Accepted), after => after == before + 1, "a notification that the phone accepts");
        Assert.True(await server.ReadMetricAsync("mediacore_sip_subscriptions{package=\"message-summary\"}") >= 1);
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_sip_notifications_total{package=\"message-summary\",result=\"refused\"}"));
        await phone.WaitForAsync("Messages-Waiting: no");
    }
}
