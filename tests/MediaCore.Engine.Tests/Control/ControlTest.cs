using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Alice's calls to +5000 are offered to the application "ivr", and after that bob's trunk is tried; those to +5001 have nothing after it.</summary>
public abstract class ControlTest : CallTest
{
    private protected ControlTest()
    {
        World.Route("+5000", new ControlStep("ivr", TimeSpan.FromSeconds(5)), new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20)));
        World.Route("+5001", new ControlStep("ivr", TimeSpan.FromSeconds(5)));
        World.Policy.TrunksByName["bob"] = World.TrunkTo(Bob);
        World.Policy.TrunksByName["carol"] = World.TrunkTo(Carol);
    }

    private protected const long Epoch = 7;

    /// <summary>The identifier of the last call that was offered.</summary>
    private protected string CallId => World.EventsOf<CallOffered>()[^1].CallId;

    private protected static CommandReply Accepted(CommandReply reply)
    {
        Assert.True(reply.IsAccepted, reply.ToString());
        return reply;
    }

    private protected CommandReply Execute(CallCommand command) => World.Execute(command);

    /// <summary>A command that must be accepted; its identifier.</summary>
    private protected string Do(CallCommand command)
    {
        Accepted(Execute(command));
        return command.CommandId;
    }

    private protected void Refused(CommandStatus status, CallCommand command)
    {
        CommandReply reply = Execute(command);
        Assert.True(reply.Status == status, reply.ToString());
        Assert.NotEqual("", reply.Problem);
    }

    /// <summary>Alice calls, and the offer of her call is claimed.</summary>
    private protected PeerDialog Claimed(string number = "+5001")
    {
        PeerDialog caller = PeerDialog.Call(Alice, number);
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        return caller;
    }

    /// <summary>The same, and she is answered.</summary>
    private protected PeerDialog Answered(string number = "+5001")
    {
        PeerDialog caller = Claimed(number);
        string answer = Do(new AnswerCommand { CommandId = World.NextCommandId(), CallId = CallId });
        caller.Learn(Alice.Take("200 INVITE"));
        Assert.Null(End(answer));
        caller.Ack();
        Assert.Equal(CommandOutcome.Completed, End(answer)!.Outcome);
        return caller;
    }

    /// <summary>The same, and bob was dialled and has answered.</summary>
    private protected (PeerDialog Caller, PeerDialog Callee) Connected()
    {
        PeerDialog caller = Answered();
        string dial = Do(Dial("bob"));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0 101"));
        Bob.Take("ACK");
        Assert.Equal(CommandOutcome.Completed, End(dial)!.Outcome);
        return (caller, callee);
    }

    private protected DialCommand Dial(params string[] trunks) =>
        new() { CommandId = World.NextCommandId(), CallId = CallId, Targets = [.. trunks.Select(static t => new TrunkDestination(t, "+49301234"))] };

    /// <summary>The event that has ended a command; null while it is open.</summary>
    private protected CommandEnded? End(string commandId) => World.Events.OfType<CommandEnded>().SingleOrDefault(e => e.CommandId == commandId);

    private protected T End<T>(string commandId)
        where T : CommandEnded => Assert.IsType<T>(End(commandId));

    /// <summary>Events of the last call as their names, without those of quality.</summary>
    private protected string[] Story() => [.. World.Events.Where(e => e.CallId == CallId).Select(static e => e is LegChanged leg ? $"{leg.LegId![^1]}:{leg.Phase}{(leg.IsHeld ? " held" : "")}" : e.GetType().Name)];
}
