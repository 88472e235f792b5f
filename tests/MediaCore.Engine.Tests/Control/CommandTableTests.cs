using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Every command in every state of a call: what is replied, that it ends once, and that nothing is left when the caller hangs up in the middle of it.</summary>
public sealed class CommandTableTests : ControlTest
{
    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingStore _store;
    private PeerDialog? _caller;
    private PeerDialog? _callee;
    private bool _isRinging;

    public CommandTableTests()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = World.TrunkTo(Alice);
        _store = new RecordingStore(new RecordingOptions { Directory = _folder.Path });
        World.Recordings = _store;
        World.Policy.Routes["night"] = World.Policy.Plans["+1003"];
    }

    // What is replied in each state: + accepted, P failed precondition, N not found. In the order of States.
    private static readonly (string Command, string Replies)[] s_table =
    [
        // offered, claimed, ringing, answered, talking, released talk, ended
        ("Claim", "++++++N"),
        ("Release", "P++++PN"),
        ("Answer", "P+PPPPN"),
        ("Progress", "P++PPPN"),
        ("EarlyProgress", "P++PPPN"),
        ("Reject", "P++PPPN"),
        ("Redirect", "P++PPPN"),
        ("Route", "P+P+PPN"),
        ("Dial", "P+P+PPN"),
        ("Mute", "PPP+++N"),
        ("Play", "PPP+++N"),
        ("Say", "PPP+++N"),
        ("Gather", "PPP++PN"),
        ("StopPlayback", "PPPPPPN"),
        ("RecordStart", "PPP+++N"),
        ("RecordPause", "PPPPPPN"),
        ("RecordResume", "PPPPPPN"),
        ("RecordStop", "PPPPPPN"),
        ("SendDtmf", "PPP+++N"),
        ("Hangup", "++++++N"),
        ("SetVariable", "++++++N"),
    ];

    private static readonly string[] s_states = ["offered", "claimed", "ringing", "answered", "talking", "released", "ended"];

    public static TheoryData<string, string, char> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, char>();
            foreach ((string command, string replies) in s_table)
            {
                for (int i = 0; i < s_states.Length; i++)
                {
                    cells.Add(command, s_states[i], replies[i]);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Command_InAState_IsRepliedTo_AndEndsOnce_WhateverTheCallerDoesThen(string command, string state, char expected)
    {
        Enter(state);
        string callId = World.EventsOf<CallCreated>()[0].CallId;
        CommandReply reply = Execute(Make(command, callId));
        CommandStatus status = expected switch { '+' => CommandStatus.Accepted, 'P' => CommandStatus.FailedPrecondition, _ => CommandStatus.NotFound };
        Assert.True(reply.Status == status, $"{command} when {state}: {reply}");
        Leave();

        // That each accepted command has ended once, and that nothing is left of the call, the world sees when it is disposed.
    }

    private void Enter(string state)
    {
        switch (state)
        {
            case "offered":
                _caller = PeerDialog.Call(Alice, "+5001");
                break;
            case "claimed":
                _caller = Claimed();
                break;
            case "ringing":
                _caller = Claimed();
                Do(Dial("bob"));
                _callee = PeerDialog.Answering(Bob);
                _callee.Respond(180);
                Alice.Take("180 INVITE");
                _isRinging = true;
                break;
            case "answered":
                _caller = Answered();
                break;
            case "talking":
                (_caller, _callee) = Connected();
                break;
            case "released":
                (_caller, _callee) = Connected();
                Do(new ReleaseCommand { CommandId = World.NextCommandId(), CallId = CallId });
                break;
            default:
                _caller = Claimed();
                _caller.Cancel();
                break;
        }
    }

    private CallCommand Make(string command, string callId)
    {
        string id = World.NextCommandId();
        return command switch
        {
            "Claim" => new ClaimCommand { CommandId = id, CallId = callId, Controller = "app-9", Epoch = Epoch + 1 },
            "Release" => new ReleaseCommand { CommandId = id, CallId = callId, Policy = ReleasePolicy.NextStep },
            "Answer" => new AnswerCommand { CommandId = id, CallId = callId },
            "Progress" => new ProgressCommand { CommandId = id, CallId = callId, SipStatus = 181 },
            "EarlyProgress" => new ProgressCommand { CommandId = id, CallId = callId, SipStatus = 183, EarlyMedia = true },
            "Reject" => new RejectCommand { CommandId = id, CallId = callId, SipStatus = 404 },
            "Redirect" => new RedirectCommand { CommandId = id, CallId = callId, Contacts = ["tel:+1"] },
            "Route" => new RouteCommand { CommandId = id, CallId = callId, Route = "night" },
            "Dial" => new DialCommand { CommandId = id, CallId = callId, Targets = [new TrunkDestination("carol")] },
            "Mute" => new MuteCommand { CommandId = id, CallId = callId },
            "Play" => new PlayCommand { CommandId = id, CallId = callId, Media = [new CountryToneMedia(ToneName.Busy, TimeSpan.FromSeconds(3))] },
            "Say" => new SayCommand { CommandId = id, CallId = callId, Text = "Hello." },
            "Gather" => new GatherCommand { CommandId = id, CallId = callId, MaxDigits = 4, Prompt = [new SilenceMedia(TimeSpan.FromSeconds(1))] },
            "StopPlayback" => new StopPlaybackCommand { CommandId = id, CallId = callId },
            "RecordStart" => new RecordStartCommand { CommandId = id, CallId = callId, Beep = true },
            "RecordPause" => new RecordPauseCommand { CommandId = id, CallId = callId },
            "RecordResume" => new RecordResumeCommand { CommandId = id, CallId = callId },
            "RecordStop" => new RecordStopCommand { CommandId = id, CallId = callId },
            "SendDtmf" => new SendDtmfCommand { CommandId = id, CallId = callId, Digits = "123" },
            "Hangup" => new HangupCommand { CommandId = id, CallId = callId },
            _ => new SetVariableCommand { CommandId = id, CallId = callId, Name = "x", Value = "y" },
        };
    }

    /// <summary>The caller hangs up, whatever there is to hang up, and everybody answers what comes.</summary>
    private void Leave()
    {
        World.Advance(0.2);
        bool isAnswered = Alice.History.Exists(static m => m.Message.Kind == "200 INVITE");
        bool isRefused = Alice.History.Exists(static m => m.Message.Kind is [>= '3' and <= '6', .., 'E'] and not "481 INVITE");
        if (isAnswered)
        {
            _caller!.Learn(Alice.History.Last(static m => m.Message.Kind == "200 INVITE").Message);
            _caller.Ack();
            if (!Alice.History.Exists(static m => m.Message.Kind == "BYE"))
            {
                _caller.Bye();
            }
        }
        else if (!isRefused)
        {
            _caller!.Cancel();
        }

        if (_isRinging && Bob.History.Exists(static m => m.Message.Kind == "CANCEL"))
        {
            _callee!.Respond(487);
        }

        foreach (Peer peer in (Peer[])[Alice, Bob, Carol, Dave])
        {
            foreach ((_, SipText message) in peer.History.ToArray())
            {
                if (message.Kind == "BYE")
                {
                    peer.Respond(message, 200);
                }
                else if (message.Kind == "INVITE" && peer != Alice && !(peer == Bob && _callee is not null))
                {
                    peer.Respond(message, 487, peer.NextId("tag"));
                }
                else if (message.Kind is [>= '3' and <= '6', .., 'E'])
                {
                    _caller!.Ack(message);
                }
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }
}
