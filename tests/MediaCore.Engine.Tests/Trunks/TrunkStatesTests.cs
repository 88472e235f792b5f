using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class TrunkStatesTests
{
    [Fact]
    public void Get_TrunkOfTheSameName_IsTheSameStatusAfterAReload()
    {
        var states = new TrunkStates();
        TrunkStatus before = states.Get(new Trunk { Name = "carrier" });
        Assert.Equal(TrunkRefusal.None, before.TryEnter(TrunkLimits.None, inbound: true, Timestamp.Zero));
        TrunkStatus after = states.Get(new Trunk { Name = "carrier" });
        Assert.Same(before, after);
        Assert.True(after.IsUp);
        Assert.Equal((1, 0, 1), (after.InboundCalls, after.OutboundCalls, after.ActiveCalls));
    }

    [Fact]
    public void Keep_TrunkThatIsGone_IsForgottenWhenItsLastCallHasEnded()
    {
        var states = new TrunkStates();
        var kept = new Trunk { Name = "kept" };
        TrunkStatus busy = states.Get("busy");
        Assert.Equal(TrunkRefusal.None, busy.TryEnter(TrunkLimits.None, inbound: false, Timestamp.Zero));
        states.Get(kept);
        states.Get("idle");
        states.Keep([kept]);
        Assert.Equal(["busy", "kept"], states.All.Select(static s => s.Name).Order());
        busy.Leave(inbound: false);
        states.Keep([kept]);
        Assert.Equal(["kept"], states.All.Select(static s => s.Name));
    }
}
