using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>
/// Commands at random moments to calls whose parties do as they like: answer, ring, refuse, are silent, hang up, change their sessions. Whatever happens, the world holds that messages are valid, events are numbered, each
/// accepted command ends once and nothing is left.
/// </summary>
public sealed class ControlFuzzTests : ControlTest
{
    private readonly Dictionary<Peer, List<Party>> _parties = [];
    private Random _random = new(0);

    public static TheoryData<int> Seeds
    {
        get
        {
            var seeds = new TheoryData<int>();
            for (int seed = 1; seed <= 60; seed++)
            {
                seeds.Add(seed);
            }

            // And one that nobody has seen.
            seeds.Add(Random.Shared.Next(1_000, int.MaxValue));
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Commands_AtRandom_LeaveNothingBehind(int seed)
    {
        _random = new Random(seed);
        World.ShardCount = 1 + (seed % 2);
        World.EntryShard = World.ShardCount - 1;
        World.Options = World.Options with { MediaTimeout = TimeSpan.FromSeconds(40), SilentCallProbe = TimeSpan.FromSeconds(30), MaxRinging = TimeSpan.FromSeconds(50) };
        if (seed % 3 == 0)
        {
            World.Policy.InboundTrunks[Alice.Endpoint] = World.TrunkTo(Alice);
        }

        World.Policy.Routes["back"] = new RoutePlan { Route = "back", Steps = [new DialStep([new TrunkTarget(World.TrunkTo(Dave))], Parallel: false, TimeSpan.FromSeconds(5)), new ControlStep("ivr", TimeSpan.FromSeconds(5))] };
        World.Policy.TrunksByName["dave"] = World.TrunkTo(Dave);
        foreach (Peer peer in (Peer[])[Alice, Bob, Carol, Dave])
        {
            _parties[peer] = [];
        }

        for (int step = 0; step < 80; step++)
        {
            switch (_random.Next(10))
            {
                case 0 when _parties[Alice].Count < 3:
                    Call();
                    break;
                case <= 5:
                    Command();
                    break;
                case 6:
                    Move();
                    break;
                default:
                    World.Advance(_random.Next(4) == 0 ? _random.NextDouble() * 8 : _random.NextDouble() * 0.5);
                    break;
            }

            Answer();
        }

        // Everybody goes home.
        for (int round = 0; round < 12; round++)
        {
            foreach (Party party in _parties.Values.SelectMany(static all => all).ToArray())
            {
                party.Leave();
            }

            World.Advance(8);
            Answer();
        }
    }

    private void Call()
    {
        string[] numbers = ["+5000", "+5001", "+1001"];
        string extra = _random.Next(3) == 0 ? "Supported: 100rel\r\n" : "";
        PeerDialog dialog = PeerDialog.Dial(Alice, numbers[_random.Next(3)], _random.Next(5) == 0 ? null : PeerSdp.Audio(Alice), extra);
        _parties[Alice].Add(new Party(dialog, isCaller: true));
    }

    private void Command()
    {
        string[] ended = [.. World.EventsOf<CallEnded>().Select(static e => e.CallId)];
        string[] calls = [.. World.EventsOf<CallCreated>().Select(static e => e.CallId)];
        calls = _random.Next(10) == 0 ? calls : [.. calls.Except(ended)];
        if (calls.Length == 0)
        {
            return;
        }

        string id = World.NextCommandId();
        string call = calls[_random.Next(calls.Length)];
        string? leg = _random.Next(4) == 0 ? $"{call}-{_random.Next(4)}" : null;
        TimeSpan some = TimeSpan.FromMilliseconds(20 + _random.Next(3000));
        PlayMedia tone = new CountryToneMedia((ToneName)_random.Next(4), some);
        string other = calls[_random.Next(calls.Length)];
        CallCommand command = _random.Next(42) switch
        {
            <= 4 => new ClaimCommand { CommandId = id, CallId = call, Controller = "app", Epoch = _random.Next(1, 5) },
            <= 7 => new AnswerCommand { CommandId = id, CallId = call },
            8 => new ProgressCommand { CommandId = id, CallId = call, SipStatus = 180 + _random.Next(4), EarlyMedia = _random.Next(2) == 0 },
            <= 12 => new DialCommand
            {
                CommandId = id,
                CallId = call,
                Targets = _random.Next(2) == 0 ? [new TrunkDestination("bob")] : [new TrunkDestination("bob"), new TrunkDestination("carol")],
                IsSequential = _random.Next(2) == 0,
                RingTime = TimeSpan.FromSeconds(_random.Next(1, 10)),
                TimeLimit = _random.Next(3) == 0 ? some : TimeSpan.Zero,
                Ringback = _random.Next(3) == 0 ? tone : null,
                CallerNumber = _random.Next(3) == 0 ? "+4999" : null,
            },
            <= 14 => new PlayCommand { CommandId = id, CallId = call, LegId = leg, Media = [tone, new SilenceMedia(some)], Rounds = _random.Next(3), Interrupts = (PlayInterrupts)_random.Next(3), ToBoth = _random.Next(2) == 0, Mixes = _random.Next(2) == 0 },
            <= 16 => new GatherCommand { CommandId = id, CallId = call, LegId = leg, MaxDigits = 3, Prompt = _random.Next(2) == 0 ? [tone] : [], BargeIn = _random.Next(2) == 0, IsSensitive = _random.Next(3) == 0, OverallTimeout = _random.Next(3) == 0 ? TimeSpan.FromSeconds(4) : TimeSpan.Zero },
            17 => new StopPlaybackCommand { CommandId = id, CallId = call, LegId = leg },
            18 => new SendDtmfCommand { CommandId = id, CallId = call, LegId = leg, Digits = "12" },
            19 => new MuteCommand { CommandId = id, CallId = call, LegId = leg, Direction = (MuteDirection)_random.Next(4) },
            20 => new RouteCommand { CommandId = id, CallId = call, Route = "back" },
            21 => new ReleaseCommand { CommandId = id, CallId = call, Policy = (ReleasePolicy)_random.Next(3) },
            22 => new HangupCommand { CommandId = id, CallId = call, LegId = leg ?? $"{call}-{_random.Next(1, 4)}" },
            23 => new SayCommand { CommandId = id, CallId = call, Text = "Hello." },
            24 => new RejectCommand { CommandId = id, CallId = call },
            <= 27 => new OriginateCommand { CommandId = id, CallId = _random.Next(2) == 0 ? "" : "mine-" + id, Targets = [new TrunkDestination("bob", "+1"), new TrunkDestination("dave", "+2")], IsSequential = _random.Next(2) == 0, RingTime = TimeSpan.FromSeconds(_random.Next(1, 10)), Controller = "app", Epoch = 1 },
            <= 30 => new BridgeCommand { CommandId = id, CallId = call, OtherCallId = other, LegId = leg },
            31 => new UnbridgeCommand { CommandId = id, CallId = call, LegId = leg, HangUpOther = _random.Next(2) == 0 },
            32 => new HoldCommand { CommandId = id, CallId = call, LegId = leg },
            33 => new ResumeCommand { CommandId = id, CallId = call, LegId = leg },
            34 => new TransferCommand { CommandId = id, CallId = call, LegId = leg, Target = new TrunkDestination("carol", "+3"), ByRefer = _random.Next(2) == 0 },
            35 => new TransferCommand { CommandId = id, CallId = call, LegId = leg, OtherCallId = other, ByRefer = _random.Next(2) == 0 },
            36 => new AcceptTransferCommand { CommandId = id, CallId = call, Decision = (TransferDecision)_random.Next(3) },
            37 => new ConferenceJoinCommand { CommandId = id, CallId = call, LegId = leg, Room = "room" },
            38 => new ConferenceLeaveCommand { CommandId = id, CallId = call, LegId = leg },
            39 => new SendInfoCommand { CommandId = id, CallId = call, LegId = leg, Body = "x"u8.ToArray() },
            40 => new SendMessageCommand { CommandId = id, CallId = call, LegId = leg, Body = "x"u8.ToArray() },
            _ => new SetVariableCommand { CommandId = id, CallId = call, Name = "n", Value = id },
        };
        Execute(command);
        foreach (SimulatedShard shard in World.Shards)
        {
            foreach (PromptFetch fetch in shard.Fetches.ToArray())
            {
                shard.Fetches.Remove(fetch);
                fetch.Clip = _random.Next(2) == 0 ? Audio.Prompts.AudioClip.FromPcm(new short[_random.Next(16_000)]) : null;
                shard.Core.HandleControl(fetch);
            }
        }
    }

    /// <summary>A party does something of its own accord.</summary>
    private void Move()
    {
        Party[] all = [.. _parties.Values.SelectMany(static parties => parties)];
        if (all.Length == 0)
        {
            return;
        }

        Party party = all[_random.Next(all.Length)];
        switch (_random.Next(5))
        {
            case 0:
                party.Leave();
                break;
            case 1 when party.IsUp && !party.HasChanged:
                party.HasChanged = true;
                party.Dialog.SendInvite(PeerSdp.Audio(party.Dialog.Peer, party.IsCaller ? (ushort)40000 : (ushort)50000, direction: _random.Next(2) == 0 ? "sendonly" : "sendrecv", formats: "0 101"));
                break;
            case 2 when party.IsUp && _random.Next(2) == 0:
                party.Dialog.Send("REFER", $"Refer-To: <sip:+1001@{World.ServerHost}>\r\nReferred-By: {party.Dialog.Local}\r\n");
                break;
            case 2 when party.IsUp:
                party.Dialog.Send("INFO", "Content-Type: application/dtmf-relay\r\n", $"Signal={_random.Next(10)}\r\nDuration=160\r\n");
                break;
            default:
                break;
        }
    }

    /// <summary>Everybody reads what has come and answers as phones do, or does not.</summary>
    private void Answer()
    {
        bool isBusy = true;
        while (isBusy)
        {
            isBusy = false;
            foreach ((Peer peer, List<Party> parties) in _parties)
            {
                while (peer.TakeAny() is { } message)
                {
                    isBusy = true;
                    Handle(peer, parties, message);
                }
            }
        }
    }

    private void Handle(Peer peer, List<Party> parties, SipText message)
    {
        Party? party = parties.Find(p => p.Dialog.CallId == message.CallId);
        switch (message.Kind)
        {
            case "INVITE" when party is null:
                party = new Party(PeerDialog.Answering(peer, message), isCaller: false);
                parties.Add(party);
                Ring(party);
                break;
            case "INVITE" when party!.IsUp:
                party.Dialog.TakeReInvite(message);
                party.Dialog.Respond(200, PeerSdp.Audio(peer, party.IsCaller ? (ushort)40000 : (ushort)50000, formats: "0 101"));
                break;
            case "CANCEL":
                peer.Respond(message, 200, party!.Dialog.LocalTag);
                if (!party.IsUp && !party.IsOver)
                {
                    party.IsOver = true;
                    party.Dialog.Respond(487);
                }

                break;
            case "BYE":
                peer.Respond(message, 200);
                party!.IsUp = false;
                party.IsOver = true;
                break;
            case "OPTIONS" or "INFO" or "PRACK" or "UPDATE" or "NOTIFY" or "MESSAGE":
                peer.Respond(message, message.Kind == "UPDATE" ? 488 : 200);
                break;
            case "REFER":
                peer.Respond(message, _random.Next(2) == 0 ? 202 : 603);
                break;
            case "200 INVITE" when party is not null:
                party.Dialog.Learn(message);
                if (party.IsOver)
                {
                    // It has crossed a CANCEL: acknowledged and hung up.
                    party.Dialog.Ack(HasOffer(party, message) ? PeerSdp.Audio(peer) : null);
                    party.Dialog.Bye();
                    break;
                }

                party.IsUp = true;
                party.Dialog.Ack(HasOffer(party, message) ? PeerSdp.Audio(peer) : null);
                party.HasChanged = true;
                break;
            case [>= '3' and <= '6', .., 'I', 'N', 'V', 'I', 'T', 'E'] when party is not null:
                party.Dialog.Ack(message);
                party.IsOver |= !party.IsUp;
                break;
            case ['1', .., 'I', 'N', 'V', 'I', 'T', 'E'] when message["RSeq"].Length > 0:
                party!.Dialog.Learn(message);
                party.Dialog.Send("PRACK", $"RAck: {message["RSeq"]} {message["CSeq"]}\r\n", message.Body.Length > 0 && party.WasWithoutOffer ? PeerSdp.Audio(peer) : null);
                party.WasWithoutOffer = false;
                break;
            default:
                break;
        }
    }

    private static bool HasOffer(Party party, SipText message)
    {
        bool has = party.WasWithoutOffer && message.Body.Length > 0;
        party.WasWithoutOffer = false;
        return has;
    }

    private void Ring(Party party)
    {
        string sdp = PeerSdp.Audio(party.Dialog.Peer, 50000, formats: _random.Next(3) == 0 ? "8 101" : "0 8 101");
        switch (_random.Next(8))
        {
            case 0:
                break;
            case 1:
                party.IsOver = true;
                party.Dialog.Respond(486);
                break;
            case 2:
                party.Dialog.Respond(183, sdp);
                break;
            case 3 or 4:
                party.Dialog.Respond(180);
                break;
            default:
                party.Dialog.Respond(180);
                party.IsUp = true;
                party.Dialog.Respond(200, sdp);
                break;
        }
    }

    private sealed class Party(PeerDialog dialog, bool isCaller)
    {
        public PeerDialog Dialog { get; } = dialog;

        public bool IsCaller { get; } = isCaller;

        public bool IsUp { get; set; }

        public bool IsOver { get; set; }

        public bool HasChanged { get; set; }

        public bool WasWithoutOffer { get; set; } = isCaller && dialog.Peer.Sent[^1].EndsWith("Content-Length: 0\r\n\r\n", StringComparison.Ordinal);

        public void Leave()
        {
            if (IsOver)
            {
                return;
            }

            if (IsUp)
            {
                IsUp = false;
                IsOver = true;
                Dialog.Bye();
            }
            else if (IsCaller)
            {
                IsOver = true;
                Dialog.Cancel();
            }
            else
            {
                IsOver = true;
                Dialog.Respond(480);
            }
        }
    }
}
