using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.Relaying;

namespace MediaCore.Control.Tests;

/// <summary>Requests of MediaRelay as the engine gets them.</summary>
public sealed class RelayServiceTests
{
    [Fact]
    public async Task Requests_AreTheControllersThatMakesThem_AndRefusalsHaveTheirStatus()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        Metadata asProxy = new() { { "mediacore-controller", "proxy" } };
        Assert.Equal("offer of a by proxy", (await host.Relay.OfferAsync(new OfferRequest { SessionId = "s", Party = "a" }, asProxy)).Sdp);
        Assert.Equal(("known", 5L), ((await host.Relay.QueryAsync(new QueryRequest { SessionId = "known" }, asProxy)).SessionId, (await host.Relay.DeleteAsync(new DeleteRequest { SessionId = "known" }, asProxy)).Age.Seconds));
        RpcException others = await Assert.ThrowsAsync<RpcException>(async () => await host.Relay.QueryAsync(new QueryRequest { SessionId = "known" }));
        Assert.Equal(StatusCode.NotFound, others.StatusCode);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Relay.AnswerAsync(new AnswerDescriptionRequest { SessionId = "s", Party = "b", Offerer = "a" }, asProxy));
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "nothing was offered by a"), refused.Status);
    }

    [Fact]
    public void Offer_HasAllItsOptions()
    {
        Problems problems = new();
        RelayOptions options = new() { Encryption = Encryption.Sdes, RtcpMux = RtcpMux.Require, Transcode = { "opus" }, Strip = { "G729" }, StrictSource = true, Handover = true };
        RelayDescription offer = RelayMapping.ToOffer(new OfferRequest { SessionId = "s", Party = "a", To = "b", Sdp = "v=0", Options = options }, "me", problems);
        Assert.Null(problems.First);
        Assert.Equal(("me", "s", "a", "b", "v=0", true, RelayMux.Require), (offer.Owner, offer.SessionId, offer.Party, offer.To, offer.Sdp, offer.IsEncrypted, offer.Mux));
        Assert.Equal(("opus", "G729", true, true), (Assert.Single(offer.Transcode), Assert.Single(offer.Strip), offer.IsStrict, offer.AllowsHandover));
    }

    [Theory]
    [InlineData(Encryption.Unspecified, null)]
    [InlineData(Encryption.None, false)]
    [InlineData(Encryption.Sdes, true)]
    public void Encryption_IsAsAskedFor(Encryption encryption, bool? expected) =>
        Assert.Equal(expected, RelayMapping.ToOffer(new OfferRequest { Options = new RelayOptions { Encryption = encryption } }, "me", new Problems()).IsEncrypted);

    [Fact]
    public void Mux_EachValueHasItsOwn()
    {
        RelayMux[] mapped = [.. Enum.GetValues<RtcpMux>().Select(static mux => RelayMapping.ToOffer(new OfferRequest { Options = new RelayOptions { RtcpMux = mux } }, "me", new Problems()).Mux)];
        Assert.Equal(Enum.GetValues<RelayMux>(), mapped);
    }

    public static TheoryData<RelayOptions, bool> Wrong() => new()
    {
        { new RelayOptions { Encryption = (Encryption)9 }, true },
        { new RelayOptions { RtcpMux = (RtcpMux)(-1) }, true },
        { new RelayOptions { Encryption = Encryption.Sdes }, false },
        { new RelayOptions { Transcode = { "opus" } }, false },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WhatIsNotUnderstood_IsAProblem_NotAWarning(RelayOptions options, bool isOffer)
    {
        Problems problems = new();
        _ = isOffer
            ? RelayMapping.ToOffer(new OfferRequest { Options = options }, "me", problems)
            : RelayMapping.ToAnswer(new AnswerDescriptionRequest { Options = options }, "me", problems);
        Assert.StartsWith("options.", problems.First, StringComparison.Ordinal);
    }
}
