using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>
/// Any commands, in any order, to calls of any state on two shards, with peers that refuse, are silent, fork, offer, transfer and hang up in every moment. What must hold is what every world checks when it is disposed: nothing threw,
/// nothing is left, each call's events are numbered without a gap, and each accepted command has ended once.
/// </summary>
public sealed class PartyFuzzTests : PartyTest
{
    private readonly List<PeerDialog> _dialogs = [];
    private readonly HashSet<string> _calls = [];
    private Random _random = new(0);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnyCommands_ToAnyCalls_LeaveNothingBehind(int seed)
    {
        _random = new Random(seed);
        World.ShardCount = 1 + (seed % 2);
        World.Options = World.Options with { MusicOnHold = seed % 3 == 0 ? MusicOnHold.None : MusicOnHold.Generated };
        World.MayPassAddresses = true;
        World.RouteToTrunks("+2002", Carol);
        World.Policy.InboundTrunks[Bob.Endpoint] = World.TrunkTo(Bob);
        for (int step = 0; step < 150; step++)
        {
            Step();
            Answer(isLast: false);
        }

        // The end: every call is hung up, and every peer behaves until nothing more comes.
        foreach (string call in _calls)
        {
            _ = Execute(new HangupCommand { CommandId = World.NextCommandId(), CallId = call });
        }

        for (int i = 0; i < 20; i++)
        {
            Answer(isLast: true);
            World.Advance(0.1);
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private Peer AnyPeer() => _random.Next(3) switch { 0 => Bob, 1 => Carol, _ => Dave };

    private DialDestination AnyTarget() => _random.Next(3) switch { 0 => ToBob, 1 => ToCarol, _ => ToDave };

    /// <summary>One that lives for choice, now and then one that does not any more.</summary>
    private string AnyCall()
    {
        string[] living = [.. World.Shards.SelectMany(static s => s.Core.Calls.Snapshot()).Select(static c => c.Id)];
        return living.Length > 0 && Chance(95) ? living[_random.Next(living.Length)] : _calls.Count == 0 ? "none" : _calls.ElementAt(_random.Next(_calls.Count));
    }

    private string? AnyLeg(string call) => Chance(60) ? null : $"{call}-{_random.Next(1, 4)}";

    private void Step()
    {
        if (Chance(15))
        {
            World.Advance(_random.Next(1, 3000) / 1000.0);
        }
        else if (Chance(15) && _dialogs.Count > 0)
        {
            Disturb(_dialogs[_random.Next(_dialogs.Count)]);
        }
        else
        {
            CommandReply reply = Execute(AnyCommand());
            if (reply.IsAccepted && reply.CallId.Length > 0)
            {
                _calls.Add(reply.CallId);
            }
        }
    }

    private CallCommand AnyCommand()
    {
        string id = World.NextCommandId();
        string call = AnyCall();
        string? leg = AnyLeg(call);
        return _random.Next(World.Shards.Sum(static s => s.Core.Calls.ActiveCalls) switch { < 2 => 4, < 5 => 22, _ => 28 }) switch
        {
            < 4 => new OriginateCommand { CommandId = id, Targets = Chance(70) ? [AnyTarget()] : [AnyTarget(), AnyTarget()], IsSequential = Chance(50), Controller = "bot", Epoch = 1, RingTime = TimeSpan.FromSeconds(_random.Next(1, 20)), DetectAnswerer = Chance(20) },
            < 6 => new BridgeCommand { CommandId = id, CallId = call, LegId = leg, OtherCallId = AnyCall() },
            6 => new UnbridgeCommand { CommandId = id, CallId = call, LegId = leg, HangUpOther = Chance(30) },
            7 => new DialCommand { CommandId = id, CallId = call, Targets = [AnyTarget()], RingTime = TimeSpan.FromSeconds(10) },
            8 => new HoldCommand { CommandId = id, CallId = call, LegId = leg },
            9 => new ResumeCommand { CommandId = id, CallId = call, LegId = leg },
            10 => new TransferCommand { CommandId = id, CallId = call, LegId = leg, Target = AnyTarget(), ByRefer = Chance(50) },
            11 => new TransferCommand { CommandId = id, CallId = call, LegId = leg, OtherCallId = AnyCall() },
            12 => new AcceptTransferCommand { CommandId = id, CallId = call, Decision = (TransferDecision)_random.Next(3) },
            13 => new ConferenceJoinCommand { CommandId = id, CallId = call, LegId = leg, Room = "team" },
            14 => new ConferenceLeaveCommand { CommandId = id, CallId = call, LegId = leg },
            15 => new SendInfoCommand { CommandId = id, CallId = call, LegId = leg },
            16 => new SendMessageCommand { CommandId = id, CallId = call, LegId = leg, Body = "x"u8.ToArray() },
            17 => new PlayCommand { CommandId = id, CallId = call, LegId = leg, Media = [new SilenceMedia(TimeSpan.FromSeconds(1))] },
            18 => new GatherCommand { CommandId = id, CallId = call, LegId = leg },
            19 => new ReleaseCommand { CommandId = id, CallId = call, Policy = (ReleasePolicy)_random.Next(3) },
            20 => new SendMessageCommand { CommandId = id, Target = AnyTarget(), Body = "x"u8.ToArray() },
            21 or 22 => new HangupCommand { CommandId = id, CallId = call, LegId = leg },
            23 or 24 => new BridgeCommand { CommandId = id, CallId = call, LegId = leg, OtherCallId = AnyCall() },
            25 => new DialCommand { CommandId = id, CallId = call, Targets = [AnyTarget()], RingTime = TimeSpan.FromSeconds(10) },
            26 => new TransferCommand { CommandId = id, CallId = call, LegId = leg, OtherCallId = AnyCall() },
            _ => new UnbridgeCommand { CommandId = id, CallId = call, LegId = leg, HangUpOther = Chance(30) },
        };
    }

    /// <summary>A peer does something by itself.</summary>
    private void Disturb(PeerDialog dialog)
    {
        switch (_random.Next(6))
        {
            case 0:
                dialog.Bye();
                break;
            case 1:
                dialog.SendInvite(PeerSdp.Audio(dialog.Peer, (ushort)(50000 + _random.Next(4)), Chance(50) ? "sendrecv" : "sendonly"));
                break;
            case 2:
                dialog.Send("REFER", $"Refer-To: <sip:+2002@{World.ServerHost}>\r\n");
                break;
            case 3:
                dialog.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n");
                break;
            case 4:
                dialog.Send("NOTIFY", "Event: refer\r\nSubscription-State: terminated\r\nContent-Type: message/sipfrag\r\n", Chance(50) ? "SIP/2.0 200 OK\r\n" : "SIP/2.0 486 Busy\r\n");
                break;
            default:
                dialog.Send("UPDATE", sdp: PeerSdp.Audio(dialog.Peer, 50010));
                break;
        }
    }

    /// <summary>Peers answer what has come to them, or leave it.</summary>
    private void Answer(bool isLast)
    {
        foreach (Peer peer in (Peer[])[Bob, Carol, Dave])
        {
            while (peer.TakeAny() is { } message)
            {
                if (isLast || Chance(85))
                {
                    Answer(peer, message, isLast);
                }
            }
        }
    }

    private void Answer(Peer peer, SipText message, bool isLast)
    {
        switch (message.Kind)
        {
            case "INVITE" when message.ToTag.Length == 0:
                Ring(peer, message, isLast);
                break;
            case "INVITE":
                int status = isLast ? 487 : _random.Next(6) switch { 0 => 488, 1 => 491, 2 => 500, _ => 200 };
                peer.Respond(message, status, sdp: status == 200 ? PeerSdp.Audio(peer, 50000, message.SdpDirection == "sendonly" ? "recvonly" : "sendrecv") : null);
                break;
            case "CANCEL":
                peer.Respond(message, 200);
                if (peer.History.LastOrDefault(m => m.Message.Kind == "INVITE" && m.Message.CallId == message.CallId).Message is { } invite)
                {
                    peer.Respond(invite, 487, peer.NextId("tag"));
                }

                break;
            case "BYE" or "INFO" or "MESSAGE" or "NOTIFY" or "OPTIONS":
                peer.Respond(message, isLast || Chance(90) ? 200 : 500);
                break;
            case "REFER":
                peer.Respond(message, Chance(70) ? 202 : 603);
                break;
            case "UPDATE":
                peer.Respond(message, 405);
                break;
            case "200 INVITE":
                _dialogs.Find(d => d.CallId == message.CallId && d.HasInvited)?.Ack();
                break;
            default:
                if (message.Kind.EndsWith(" INVITE", StringComparison.Ordinal) && message.Kind[0] > '2')
                {
                    _dialogs.Find(d => d.CallId == message.CallId && d.HasInvited)?.Ack(message);
                }

                break;
        }
    }

    private void Ring(Peer peer, SipText invite, bool isLast)
    {
        PeerDialog dialog = PeerDialog.Answering(peer, invite);
        if (isLast)
        {
            dialog.Respond(480);
            return;
        }

        if (Chance(40))
        {
            dialog.Respond(Chance(50) ? 180 : 183, Chance(50) ? PeerSdp.Audio(peer, 50000) : null);
        }

        int status = _random.Next(10) switch { 0 => 486, 1 => 503, 2 => 0, 3 => 480, _ => 200 };
        if (status == 200)
        {
            _dialogs.Add(dialog);
            dialog.Respond(200, PeerSdp.Audio(peer, 50000, formats: Chance(50) ? "0 101" : "8 101"));
            if (Chance(10))
            {
                // Another fork answers as well.
                PeerDialog.Answering(peer, invite).Respond(200, PeerSdp.Audio(peer, 50020));
            }
        }
        else if (status != 0)
        {
            dialog.Respond(status);
        }
    }
}
