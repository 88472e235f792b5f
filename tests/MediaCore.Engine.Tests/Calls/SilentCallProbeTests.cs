using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Calls on which nobody has to talk are asked by OPTIONS whether they are still there.</summary>
public sealed class SilentCallProbeTests : CallTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void SilentCall_IsAskedOnBothSides_AndLivesWhileTheyAnswer(int timeout)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishHeld(timeout);
        for (int i = 0; i < 3; i++)
        {
            World.Advance(i > 0 ? 120 : timeout == 0 ? 240 : 180);
            SipText toAlice = Alice.Take("OPTIONS"), toBob = Bob.Take("OPTIONS");
            Assert.Equal((caller.CallId, callee.CallId), (toAlice.CallId, toBob.CallId));
            Alice.Respond(toAlice, 200);
            Bob.Respond(toBob, 405);
            Alice.TakeNothing();
            Bob.TakeNothing();
        }

        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    [InlineData(0)]
    public void SideThatIsGone_EndsTheCall(int status)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishHeld(60);
        World.Advance(180);
        Alice.Respond(Alice.Take("OPTIONS"), 200);
        SipText probe = Bob.Take("OPTIONS");
        if (status == 0)
        {
            World.Advance(33);
            Bob.TakeAll();
        }
        else
        {
            Bob.Respond(probe, status);
            callee.AcceptBye();
        }

        caller.AcceptBye();
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void CallOnWhichSomebodyTalks_IsNotAsked()
    {
        World.Options = World.Options with { SilentCallProbe = TimeSpan.FromSeconds(120) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        var alice = new PeerMedia(Alice, 40000);
        for (int i = 0; i < 20; i++)
        {
            World.Advance(30);
            alice.Send(30000, 0);
        }

        Alice.TakeNothing();
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    private (PeerDialog Caller, PeerDialog Callee) EstablishHeld(int timeout)
    {
        World.Options = World.Options with { SilentCallProbe = TimeSpan.FromSeconds(120), MediaTimeout = TimeSpan.FromSeconds(timeout) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 40000, "inactive"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, "inactive"));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        return (caller, callee);
    }
}
