using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Calls that the controller "bot" makes, each with a peer as its one party.</summary>
public abstract class PartyTest : ControlTest
{
    private protected PartyTest()
    {
        World.Policy.TrunksByName["dave"] = World.TrunkTo(Dave);
    }

    private protected static DialDestination ToBob => new TrunkDestination("bob", "+2001");

    private protected static DialDestination ToCarol => new TrunkDestination("carol", "+2002");

    private protected static DialDestination ToDave => new TrunkDestination("dave", "+2003");

    private protected OriginateCommand Originating(params DialDestination[] targets) =>
        new() { CommandId = World.NextCommandId(), Targets = targets, CallerNumber = "+12025550100", CallerName = "Jo \"Q\" Doe", Controller = "bot", Epoch = 1 };

    private protected CommandReply Originate(params DialDestination[] targets) => Accepted(Execute(Originating(targets)));

    /// <summary>A call whose one party is a peer that has answered.</summary>
    private protected (string CallId, PeerDialog Party) Party(Peer peer, ushort port = 50000, string formats = "0 8 101")
    {
        string callId = Originate(peer == Bob ? ToBob : peer == Carol ? ToCarol : ToDave).CallId;
        PeerDialog party = PeerDialog.Answering(peer);
        party.Respond(200, PeerSdp.Audio(peer, port, formats: formats));
        peer.Take("ACK");
        return (callId, party);
    }

    private protected void Hangup(string callId, string? legId = null) => Do(new HangupCommand { CommandId = World.NextCommandId(), CallId = callId, LegId = legId });
}
