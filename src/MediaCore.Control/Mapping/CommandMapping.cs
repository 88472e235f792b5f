using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using Google.Protobuf;

namespace MediaCore.Control.Mapping;

/// <summary>Commands. What makes no sense whatever the state of the call is a problem here only where the engine could not say it.</summary>
internal static class CommandMapping
{
    /// <summary>A command of a session's stream; null and a problem where it says nothing.</summary>
    /// <param name="command">The message.</param>
    /// <param name="controller">Who sends it.</param>
    /// <param name="problems">What is wrong with it.</param>
    public static CallCommand? Read(V1.Command command, string controller, Problems problems)
    {
        if (command.VerbCase == V1.Command.VerbOneofCase.None)
        {
            problems.Add("The command has no verb that this server knows.");
            return null;
        }

        return Read((IMessage)V1.Command.Descriptor.FindFieldByNumber((int)command.VerbCase).Accessor.GetValue(command), controller, problems);
    }

    /// <summary>What a command applies to; null for a message that is no command.</summary>
    public static V1.Target? GetTarget(IMessage request) =>
        request.Descriptor.FindFieldByNumber(1) is { Name: "target" } field ? (V1.Target?)field.Accessor.GetValue(request) : null;

    /// <summary>A request of a verb; null for a message that is none.</summary>
    public static CallCommand? Read(IMessage request, string controller, Problems problems)
    {
        if (GetTarget(request) is not { } target)
        {
            problems.Add("target is missing: it says which command it is, and of which call.");
            return null;
        }

        if (target.CommandId.Length is 0 or > ControlLimits.MaxCommandIdChars || target.CommandId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            problems.Add($"target.command_id needs 1 to {ControlLimits.MaxCommandIdChars} visible ASCII characters.");
        }

        if (target.CommandId.StartsWith(ServerCommandId.Prefix, StringComparison.Ordinal))
        {
            problems.Add($"target.command_id: \"{ServerCommandId.Prefix}\" begins the server's own.");
        }

        return ReadVerb(request, controller, problems) is { } command
            ? command with
            {
                CommandId = target.CommandId,
                CallId = target.CallId,
                LegId = TextMapping.ToNullable(target.LegId),
                ClientState = TextMapping.ToNullable(target.ClientState),
                Epoch = target.Epoch == 0 ? null : target.Epoch,
            }
            : null;
    }

    private static CallCommand? ReadVerb(IMessage request, string controller, Problems problems) => request switch
    {
        V1.ClaimRequest => new ClaimCommand { CommandId = "", Controller = controller },
        V1.ReleaseRequest r => new ReleaseCommand { CommandId = "", Policy = EnumMapping.ToPolicy(r.Policy, problems), Route = TextMapping.ToNullable(r.Route) },
        V1.OriginateRequest r => ReadOriginate(r, controller, problems),
        V1.AnswerRequest => new AnswerCommand { CommandId = "" },
        V1.ProgressRequest r => new ProgressCommand { CommandId = "", SipStatus = r.SipStatus == 0 ? 180 : r.SipStatus, EarlyMedia = r.EarlyMedia },
        V1.RejectRequest r => new RejectCommand { CommandId = "", SipStatus = r.SipStatus == 0 ? 603 : r.SipStatus, Q850Cause = r.Q850Cause, Reason = TextMapping.ToNullable(r.Reason) },
        V1.RedirectRequest r => new RedirectCommand { CommandId = "", Contacts = [.. r.Contacts] },
        V1.RouteRequest r => new RouteCommand { CommandId = "", Route = TextMapping.ToNullable(r.Route), Number = TextMapping.ToNullable(r.Number) },
        V1.DialRequest r => ReadDial(r, problems),
        V1.BridgeRequest r => new BridgeCommand { CommandId = "", OtherCallId = r.OtherCallId, OtherLegId = TextMapping.ToNullable(r.OtherLegId) },
        V1.UnbridgeRequest r => new UnbridgeCommand { CommandId = "", HangUpOther = r.HangUpOther },
        V1.HoldRequest => new HoldCommand { CommandId = "" },
        V1.ResumeRequest => new ResumeCommand { CommandId = "" },
        V1.MuteRequest r => new MuteCommand { CommandId = "", Direction = EnumMapping.ToDirection(r.Direction, problems) },
        V1.TransferRequest r => ReadTransfer(r, problems),
        V1.AcceptTransferRequest r => new AcceptTransferCommand { CommandId = "", Decision = EnumMapping.ToDecision(r.Decision, problems), SipStatus = r.SipStatus == 0 ? 603 : r.SipStatus },
        V1.PlayRequest r => new PlayCommand
        {
            CommandId = "",
            Media = MediaMapping.Read(r.Media, "media", problems),
            Rounds = r.HasRounds ? r.Rounds : 1,
            ToBoth = r.ToBoth,
            Mixes = r.Mixes,
            Interrupts = EnumMapping.ToInterrupts(r.Interrupts, problems),
        },
        V1.SayRequest r => new SayCommand
        {
            CommandId = "",
            Text = r.Speech?.Text ?? "",
            Voice = TextMapping.ToNullable(r.Speech?.Voice ?? ""),
            Language = TextMapping.ToNullable(r.Speech?.Language ?? ""),
            Rounds = r.HasRounds ? r.Rounds : 1,
            ToBoth = r.ToBoth,
            Mixes = r.Mixes,
            Interrupts = EnumMapping.ToInterrupts(r.Interrupts, problems),
        },
        V1.GatherRequest r => ReadGather(r, problems),
        V1.StopPlaybackRequest r => new StopPlaybackCommand { CommandId = "", Playback = TextMapping.ToNullable(r.Playback) },
        V1.RecordStartRequest r => new RecordStartCommand
        {
            CommandId = "",
            Format = EnumMapping.ToFormat(r.Format, problems),
            Layout = EnumMapping.ToLayout(r.Layout, problems),
            Pause = EnumMapping.ToPause(r.Pause, problems),
            MaxDuration = DurationMapping.Read(r.MaxDuration, TimeSpan.Zero, "max_duration", problems),
            Beep = r.Beep,
        },
        V1.RecordPauseRequest => new RecordPauseCommand { CommandId = "" },
        V1.RecordResumeRequest => new RecordResumeCommand { CommandId = "" },
        V1.RecordStopRequest r => new RecordStopCommand { CommandId = "", Discard = r.Discard },
        V1.SendDtmfRequest r => ReadSendDtmf(r, problems),
        V1.SendInfoRequest r => ReadSendInfo(r),
        V1.SendMessageRequest r => ReadSendMessage(r, controller, problems),
        V1.ConferenceJoinRequest r => new ConferenceJoinCommand { CommandId = "", Room = r.Room, Role = EnumMapping.ToRole(r.Role, problems) },
        V1.ConferenceLeaveRequest => new ConferenceLeaveCommand { CommandId = "" },
        V1.ConferenceMuteRequest r => new ConferenceMuteCommand { CommandId = "", Direction = EnumMapping.ToDirection(r.Direction, problems), Gain = r.HasGain ? r.Gain : 1, Role = EnumMapping.ToNewRole(r.Role, problems) },
        V1.HangupRequest r => new HangupCommand { CommandId = "", Q850Cause = r.Q850Cause == 0 ? 16 : r.Q850Cause },
        V1.SetVariableRequest r => new SetVariableCommand { CommandId = "", Name = r.Name, Value = r.HasValue ? r.Value : null },
        _ => null,
    };

    private static OriginateCommand ReadOriginate(V1.OriginateRequest r, string controller, Problems problems) => new()
    {
        CommandId = "",
        Targets = DestinationMapping.Read(r.Destinations, problems),
        IsSequential = r.Sequential,
        RingTime = DurationMapping.Read(r.RingTime, ControlLimits.DefaultRingTime, "ring_time", problems),
        CallerNumber = TextMapping.ToNullable(r.CallerNumber),
        CallerName = TextMapping.ToNullable(r.CallerName),
        Controller = controller,
        Application = TextMapping.ToNullable(r.Application),
        DetectAnswerer = r.DetectAnswerer,
        Variables = r.Variables.Count == 0 ? null : new Dictionary<string, string>(r.Variables, StringComparer.Ordinal),
    };

    private static DialCommand ReadDial(V1.DialRequest r, Problems problems) => new()
    {
        CommandId = "",
        Targets = DestinationMapping.Read(r.Destinations, problems),
        IsSequential = r.Sequential,
        RingTime = DurationMapping.Read(r.RingTime, ControlLimits.DefaultRingTime, "ring_time", problems),
        TimeLimit = DurationMapping.Read(r.TimeLimit, TimeSpan.Zero, "time_limit", problems),
        Ringback = r.Ringback is null ? null : MediaMapping.Read(r.Ringback, "ringback", problems),
        CallerNumber = TextMapping.ToNullable(r.CallerNumber),
        CallerName = TextMapping.ToNullable(r.CallerName),
    };

    private static TransferCommand ReadTransfer(V1.TransferRequest r, Problems problems)
    {
        if (r.ToCase == V1.TransferRequest.ToOneofCase.None)
        {
            problems.Add("The transfer goes nowhere: set destination or other_call_id.");
        }

        return new TransferCommand
        {
            CommandId = "",
            Target = r.Destination is null ? null : DestinationMapping.Read(r.Destination, "destination", problems),
            OtherCallId = r.HasOtherCallId ? r.OtherCallId : null,
            ByRefer = r.ByRefer,
        };
    }

    private static GatherCommand ReadGather(V1.GatherRequest r, Problems problems)
    {
        GatherCommand usual = new() { CommandId = "" };
        return usual with
        {
            MinDigits = r.HasMinDigits ? r.MinDigits : usual.MinDigits,
            MaxDigits = r.MaxDigits == 0 ? Math.Max(1, r.HasMinDigits ? r.MinDigits : 1) : r.MaxDigits,
            Terminators = r.HasTerminators ? r.Terminators : usual.Terminators,
            InitialTimeout = DurationMapping.Read(r.InitialTimeout, usual.InitialTimeout, "initial_timeout", problems),
            InterdigitTimeout = DurationMapping.Read(r.InterdigitTimeout, usual.InterdigitTimeout, "interdigit_timeout", problems),
            OverallTimeout = DurationMapping.Read(r.OverallTimeout, TimeSpan.Zero, "overall_timeout", problems),
            BargeIn = !r.NoBargeIn,
            Flush = r.Flush,
            IsSensitive = r.Sensitive,
            Prompt = MediaMapping.Read(r.Prompt, "prompt", problems),
        };
    }

    private static SendDtmfCommand ReadSendDtmf(V1.SendDtmfRequest r, Problems problems)
    {
        SendDtmfCommand usual = new() { CommandId = "", Digits = r.Digits };
        return usual with
        {
            Duration = DurationMapping.Read(r.Duration, usual.Duration, "duration", problems),
            Gap = DurationMapping.Read(r.Gap, usual.Gap, "gap", problems),
        };
    }

    private static SendInfoCommand ReadSendInfo(V1.SendInfoRequest r)
    {
        SendInfoCommand usual = new() { CommandId = "", Body = r.Body.Memory, Package = TextMapping.ToNullable(r.Package) };
        return r.ContentType.Length == 0 ? usual : usual with { ContentType = r.ContentType };
    }

    private static SendMessageCommand ReadSendMessage(V1.SendMessageRequest r, string controller, Problems problems)
    {
        SendMessageCommand usual = new()
        {
            CommandId = "",
            Controller = TextMapping.ToNullable(controller),
            Body = r.Body.Memory,
            Target = r.Destination is null ? null : DestinationMapping.Read(r.Destination, "destination", problems),
            CallerNumber = TextMapping.ToNullable(r.CallerNumber),
        };
        return r.ContentType.Length == 0 ? usual : usual with { ContentType = r.ContentType };
    }
}
