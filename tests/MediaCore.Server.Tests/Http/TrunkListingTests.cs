using System.Net;
using System.Text.Json;
using MediaCore.Engine;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Server.Http;

namespace MediaCore.Server.Tests.Http;

public sealed class TrunkListingTests
{
    private static readonly Timestamp Now = Timestamp.FromMilliseconds(1_000);

    private readonly TrunkStatus _trunk = new TrunkStates().Get("carrier");

    [Theory]
    [InlineData(DestinationBlock.Silent, "silent")]
    [InlineData(DestinationBlock.Unreachable, "unreachable")]
    [InlineData(DestinationBlock.RetryAfter, "retry-after")]
    public void Destination_ThatCallsPassOver_IsListed_WithoutProbes(DestinationBlock reason, string shown)
    {
        Status(5).Block(Now, TimeSpan.FromSeconds(60), reason);
        Assert.True(Status(6).TryUse(Now));
        JsonElement destination = Assert.Single(List(Now + TimeSpan.FromSeconds(18)));
        Assert.Equal("192.0.2.5:5060", destination.GetProperty("address").GetString());
        Assert.False(destination.GetProperty("up").GetBoolean());
        Assert.Equal(shown, destination.GetProperty("blocked").GetProperty("reason").GetString());
        Assert.Equal(42, destination.GetProperty("blocked").GetProperty("seconds").GetInt32());
        Assert.Empty(List(Now + TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Destination_ThatOneCallTries_IsListedSo_UntilItHasAnswered()
    {
        Status(5).Block(Now, TimeSpan.FromSeconds(60), DestinationBlock.Silent);
        Timestamp later = Now + TimeSpan.FromSeconds(61);
        Assert.True(Status(5).TryUse(later));
        Assert.Equal("trial", Assert.Single(List(later)).GetProperty("blocked").GetProperty("reason").GetString());
        Status(5).Recover(later);
        Assert.Empty(List(later));
    }

    private DestinationStatus Status(byte host) =>
        _trunk.GetDestination(new SipDestination(NetworkEndpoint.From(new IPAddress([192, 0, 2, host]), 5060), SipTransportKind.Udp, ServerName: null))!;

    private JsonElement[] List(Timestamp now)
    {
        using JsonDocument listing = JsonDocument.Parse(TrunkListing.Write([_trunk], DateTimeOffset.UnixEpoch, now));
        return [.. Assert.Single(listing.RootElement.EnumerateArray()).GetProperty("destinations").EnumerateArray().Select(static d => d.Clone())];
    }
}
