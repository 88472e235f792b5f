using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control.Events;
using Told = MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Mapping;

/// <summary>What has happened.</summary>
internal static class EventMapping
{
    /// <summary>An event, with the token of what comes after it.</summary>
    public static V1.Event ToEvent(CallEvent callEvent, string resumeToken)
    {
        V1.Event made = ToEvent(callEvent);
        made.ResumeToken = resumeToken;
        made.At = DurationMapping.ToTimestamp(callEvent.At);
        made.CallId = callEvent.CallId;
        made.Sequence = callEvent.Sequence;
        made.LegId = callEvent.LegId ?? "";
        return made;
    }

    private static V1.Event ToEvent(CallEvent callEvent) => callEvent switch
    {
        Told.CallCreated e => new() { CallCreated = new() { Caller = e.Caller, Called = e.Called, Account = e.Account ?? "", InboundTrunk = e.InboundTrunk ?? "", Source = e.Source, Controller = e.Controller ?? "" } },
        Told.CallOffered e => new() { CallOffered = ToOffered(e) },
        Told.ControlChanged e => new() { ControlChanged = new() { Controller = e.Controller ?? "", Epoch = e.Epoch } },
        Told.LegChanged e => new()
        {
            LegChanged = new() { Phase = EnumMapping.ToPhase(e.Phase), Inbound = e.IsInbound, Held = e.IsHeld, Peer = e.Peer ?? "", PeerIsTrunk = e.PeerIsTrunk, SipStatus = e.SipStatus, Q850Cause = e.Q850Cause },
        },
        Told.DigitReceived e => new()
        {
            DigitReceived = new() { Digit = e.Digit == '\0' ? "" : e.Digit.ToString(), Duration = DurationMapping.ToDuration(e.Milliseconds), Origin = EnumMapping.ToOrigin(e.Origin) },
        },
        Told.PlaybackStarted e => new() { PlaybackStarted = new() { CommandId = e.CommandId } },
        Told.PlaybackProgress e => new() { PlaybackProgress = new() { CommandId = e.CommandId, Item = e.Item, Round = e.Round } },
        Told.RecordingChanged e => new() { RecordingChanged = new() { Stage = EnumMapping.ToStage(e.Stage), Recording = RecordMapping.ToRecording(e.Recording) } },
        MediaQualityMeasured e => new() { MediaQuality = ToQuality(e) },
        AudioFaultDetected e => new() { AudioFault = new() { Fault = EnumMapping.ToFault(e.Fault) } },
        Told.TalkStarted => new() { TalkStarted = new() },
        Told.TalkStopped => new() { TalkStopped = new() },
        Told.ToneDetected e => new() { ToneDetected = new() { Tone = EnumMapping.ToTone(e.Tone) } },
        Told.AnswererDetected e => new() { AnswererDetected = new() { Verdict = EnumMapping.ToVerdict(e.Verdict), After = DurationMapping.ToDuration(e.Milliseconds) } },
        Told.TransferRequested e => new() { TransferRequested = new() { Target = e.Target, Attended = e.IsAttended, Deadline = DurationMapping.ToTimestamp(e.Deadline) } },
        Told.TransferChanged e => new() { TransferChanged = new() { Kind = EnumMapping.ToKind(e.Kind), SipStatus = e.SipStatus } },
        Told.Bridged e => new() { Bridged = new() { OtherCallId = e.OtherCallId, OtherLegId = e.OtherLegId } },
        Told.Unbridged e => new() { Unbridged = new() { OtherCallId = e.OtherCallId, OtherLegId = e.OtherLegId, Reason = EnumMapping.ToReason(e.Reason) } },
        Told.ConferenceChanged e => new() { ConferenceChanged = new() { Room = e.Room, In = e.IsIn, Members = e.Members } },
        Told.VariableChanged e => new() { VariableChanged = ToVariable(e) },
        Told.RegistrationChanged e => new() { RegistrationChanged = new() { Account = e.Account, Contacts = e.Contacts, Reason = EnumMapping.ToReason(e.Reason), Source = e.Source } },
        Told.TrunkChanged e => new() { TrunkChanged = new() { Trunk = e.Trunk, Reachable = e.IsReachable, Registered = e.IsRegistered, Problem = e.Problem, Address = e.Address } },
        Told.CommandEnded e => new() { CommandEnded = ToCommandEnded(e) },
        Told.CallEnded e => new() { CallEnded = new() { Record = RecordMapping.ToRecord(e.Record) } },
        _ => new(),
    };

    private static V1.CallOffered ToOffered(Told.CallOffered e) => new()
    {
        Application = e.Application,
        Deadline = DurationMapping.ToTimestamp(e.Deadline),
        Caller = e.Caller,
        AssertedCaller = e.AssertedCaller ?? "",
        Called = e.Called,
        Number = e.Number ?? "",
        Route = e.Route ?? "",
        Account = e.Account ?? "",
        InboundTrunk = e.InboundTrunk ?? "",
        Source = e.Source,
        Headers = { CallMapping.ToHeaders(e.Headers) },
        Answered = e.IsAnswered,
    };

    private static V1.VariableChanged ToVariable(Told.VariableChanged e)
    {
        V1.VariableChanged changed = new() { Name = e.Name };
        if (e.Value is not null)
        {
            changed.Value = e.Value;
        }

        return changed;
    }

    private static V1.MediaQuality ToQuality(MediaQualityMeasured e)
    {
        MediaQuality? quality = e.Quality;
        V1.MediaQuality told = new()
        {
            Received = new()
            {
                Packets = e.Received.Packets,
                Loss = (quality?.LossPercent ?? 0) / 100,
                Jitter = DurationMapping.ToDuration(e.Received.JitterMilliseconds),
                Mos = quality?.Mos ?? 0,
            },
            Sent = new()
            {
                Packets = e.Sent.Packets,
                Loss = (quality?.FarLossPercent ?? 0) / 100,
                Mos = quality?.FarMos ?? 0,
            },
        };
        if (quality?.FarJitterMilliseconds is { } jitter)
        {
            told.Sent.Jitter = DurationMapping.ToDuration(jitter);
        }

        if (quality?.RoundTripMilliseconds is { } roundTrip)
        {
            told.RoundTrip = DurationMapping.ToDuration(roundTrip);
        }

        return told;
    }

    private static V1.CommandEnded ToCommandEnded(Told.CommandEnded e)
    {
        V1.CommandEnded ended = new()
        {
            CommandId = e.CommandId,
            Outcome = EnumMapping.ToOutcome(e.Outcome),
            Problem = e.Problem,
            ClientState = e.ClientState ?? "",
            SipStatus = e.SipStatus,
            Q850Cause = e.Q850Cause,
        };
        switch (e)
        {
            case Told.GatherEnded gather:
                ended.Gather = new() { Reason = EnumMapping.ToReason(gather.Reason), Digits = gather.Digits, Terminator = gather.Terminator?.ToString() ?? "" };
                break;
            case Told.PlaybackEnded playback:
                ended.Playback = new() { Played = DurationMapping.ToDuration(playback.Played) };
                break;
            case Told.RecordingEnded recording:
                ended.Recording = new() { Recording = RecordMapping.ToRecording(recording.Recording) };
                break;
            case Told.DialEnded:
                ended.Dial = new();
                break;
        }

        return ended;
    }
}
