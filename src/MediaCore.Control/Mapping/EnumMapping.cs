using MediaCore.Audio.Detection;
using MediaCore.Audio.Tones;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Recordings;
using EngineControl = MediaCore.Engine.Control;

namespace MediaCore.Control.Mapping;

/// <summary>Closed sets, both ways. A value that a newer client sends and this server does not know is a problem; what the engine says always has a place.</summary>
internal static class EnumMapping
{
    /// <summary>State of a breaker.</summary>
    public static V1.PolicyLine.Types.Breaker ToBreaker(Policy.BreakerState state) => state switch
    {
        Policy.BreakerState.Closed => V1.PolicyLine.Types.Breaker.Closed,
        Policy.BreakerState.HalfOpen => V1.PolicyLine.Types.Breaker.HalfOpen,
        _ => V1.PolicyLine.Types.Breaker.Open,
    };

    /// <summary>What becomes of a call.</summary>
    public static EngineControl.ReleasePolicy ToPolicy(V1.ReleasePolicy policy, Problems problems) => policy switch
    {
        V1.ReleasePolicy.Unspecified or V1.ReleasePolicy.Continue => EngineControl.ReleasePolicy.Continue,
        V1.ReleasePolicy.NextStep => EngineControl.ReleasePolicy.NextStep,
        V1.ReleasePolicy.HangUp => EngineControl.ReleasePolicy.HangUp,
        _ => Unknown("policy", policy, EngineControl.ReleasePolicy.Continue, problems),
    };

    /// <summary>What a playback interrupts.</summary>
    public static EngineControl.PlayInterrupts ToInterrupts(V1.PlayInterrupts interrupts, Problems problems) => interrupts switch
    {
        V1.PlayInterrupts.None => EngineControl.PlayInterrupts.None,
        V1.PlayInterrupts.Playback => EngineControl.PlayInterrupts.Playback,
        V1.PlayInterrupts.All => EngineControl.PlayInterrupts.All,
        _ => Unknown("interrupts", interrupts, EngineControl.PlayInterrupts.None, problems),
    };

    /// <summary>What is muted.</summary>
    public static EngineControl.MuteDirection ToDirection(V1.MuteDirection direction, Problems problems) => direction switch
    {
        V1.MuteDirection.None => EngineControl.MuteDirection.None,
        V1.MuteDirection.In => EngineControl.MuteDirection.In,
        V1.MuteDirection.Out => EngineControl.MuteDirection.Out,
        V1.MuteDirection.Both => EngineControl.MuteDirection.Both,
        _ => Unknown("direction", direction, EngineControl.MuteDirection.None, problems),
    };

    /// <summary>How a recording is kept; null as configured.</summary>
    public static RecordingFormat? ToFormat(V1.RecordStartRequest.Types.Format format, Problems problems) => format switch
    {
        V1.RecordStartRequest.Types.Format.Unspecified => null,
        V1.RecordStartRequest.Types.Format.Wave => RecordingFormat.Wav,
        V1.RecordStartRequest.Types.Format.OggOpus => RecordingFormat.Opus,
        V1.RecordStartRequest.Types.Format.WaveAlaw => RecordingFormat.WavALaw,
        V1.RecordStartRequest.Types.Format.WaveUlaw => RecordingFormat.WavMuLaw,
        _ => Unknown<RecordingFormat?>("format", format, null, problems),
    };

    /// <summary>What is in a recording; null as configured.</summary>
    public static RecordingLayout? ToLayout(V1.RecordStartRequest.Types.Layout layout, Problems problems) => layout switch
    {
        V1.RecordStartRequest.Types.Layout.Unspecified => null,
        V1.RecordStartRequest.Types.Layout.Mixed => RecordingLayout.Mixed,
        V1.RecordStartRequest.Types.Layout.Stereo => RecordingLayout.Stereo,
        V1.RecordStartRequest.Types.Layout.Said => RecordingLayout.Said,
        V1.RecordStartRequest.Types.Layout.Heard => RecordingLayout.Heard,
        _ => Unknown<RecordingLayout?>("layout", layout, null, problems),
    };

    /// <summary>What a recording's pauses become; null as configured.</summary>
    public static RecordingPause? ToPause(V1.RecordStartRequest.Types.Pause pause, Problems problems) => pause switch
    {
        V1.RecordStartRequest.Types.Pause.Unspecified => null,
        V1.RecordStartRequest.Types.Pause.Silence => RecordingPause.Silence,
        V1.RecordStartRequest.Types.Pause.Cut => RecordingPause.Cut,
        _ => Unknown<RecordingPause?>("pause", pause, null, problems),
    };

    /// <summary>How a leg takes part in a conference.</summary>
    public static ConferenceRole ToRole(V1.ConferenceJoinRequest.Types.Role role, Problems problems) => role switch
    {
        V1.ConferenceJoinRequest.Types.Role.Unspecified or V1.ConferenceJoinRequest.Types.Role.Member => ConferenceRole.Member,
        V1.ConferenceJoinRequest.Types.Role.Listener => ConferenceRole.Listener,
        V1.ConferenceJoinRequest.Types.Role.Coach => ConferenceRole.Coach,
        V1.ConferenceJoinRequest.Types.Role.Coached => ConferenceRole.Coached,
        _ => Unknown("role", role, ConferenceRole.Member, problems),
    };

    /// <summary>How a leg takes part in a conference.</summary>
    public static V1.ConferenceJoinRequest.Types.Role ToRole(ConferenceRole role) => role switch
    {
        ConferenceRole.Member => V1.ConferenceJoinRequest.Types.Role.Member,
        ConferenceRole.Listener => V1.ConferenceJoinRequest.Types.Role.Listener,
        ConferenceRole.Coach => V1.ConferenceJoinRequest.Types.Role.Coach,
        ConferenceRole.Coached => V1.ConferenceJoinRequest.Types.Role.Coached,
        _ => V1.ConferenceJoinRequest.Types.Role.Unspecified,
    };

    /// <summary>How a leg takes part in a conference from now on; null for as before.</summary>
    public static ConferenceRole? ToNewRole(V1.ConferenceJoinRequest.Types.Role role, Problems problems) =>
        role == V1.ConferenceJoinRequest.Types.Role.Unspecified ? null : ToRole(role, problems);

    /// <summary>What becomes of a transfer that a party has asked for.</summary>
    public static TransferDecision ToDecision(V1.AcceptTransferRequest.Types.Decision decision, Problems problems) => decision switch
    {
        V1.AcceptTransferRequest.Types.Decision.Accept => TransferDecision.Accept,
        V1.AcceptTransferRequest.Types.Decision.Refuse => TransferDecision.Refuse,
        V1.AcceptTransferRequest.Types.Decision.TakeOver => TransferDecision.TakeOver,
        _ => Unknown("decision", decision, TransferDecision.Accept, problems),
    };

    /// <summary>A tone of the country.</summary>
    public static ToneName ToToneName(V1.CountryTone.Types.Name name, Problems problems) => name switch
    {
        V1.CountryTone.Types.Name.Dial => ToneName.Dial,
        V1.CountryTone.Types.Name.Ringback => ToneName.Ringback,
        V1.CountryTone.Types.Name.Busy => ToneName.Busy,
        V1.CountryTone.Types.Name.Congestion => ToneName.Congestion,
        _ => Unknown("country_tone.name", name, ToneName.Dial, problems),
    };

    /// <summary>How a command was taken.</summary>
    public static V1.CommandReply.Types.Status ToStatus(EngineControl.CommandStatus status) => status switch
    {
        EngineControl.CommandStatus.Accepted => V1.CommandReply.Types.Status.Accepted,
        EngineControl.CommandStatus.NotFound => V1.CommandReply.Types.Status.NotFound,
        EngineControl.CommandStatus.InvalidArgument => V1.CommandReply.Types.Status.InvalidArgument,
        EngineControl.CommandStatus.FailedPrecondition => V1.CommandReply.Types.Status.FailedPrecondition,
        EngineControl.CommandStatus.AlreadyExists => V1.CommandReply.Types.Status.AlreadyExists,
        EngineControl.CommandStatus.ResourceExhausted => V1.CommandReply.Types.Status.ResourceExhausted,
        EngineControl.CommandStatus.Unavailable => V1.CommandReply.Types.Status.Unavailable,
        EngineControl.CommandStatus.Internal => V1.CommandReply.Types.Status.Internal,
        _ => V1.CommandReply.Types.Status.Unspecified,
    };

    /// <summary>The same as status of a gRPC call.</summary>
    public static Grpc.Core.StatusCode ToStatusCode(EngineControl.CommandStatus status) => status switch
    {
        EngineControl.CommandStatus.Accepted => Grpc.Core.StatusCode.OK,
        EngineControl.CommandStatus.NotFound => Grpc.Core.StatusCode.NotFound,
        EngineControl.CommandStatus.InvalidArgument => Grpc.Core.StatusCode.InvalidArgument,
        EngineControl.CommandStatus.FailedPrecondition => Grpc.Core.StatusCode.FailedPrecondition,
        EngineControl.CommandStatus.AlreadyExists => Grpc.Core.StatusCode.AlreadyExists,
        EngineControl.CommandStatus.ResourceExhausted => Grpc.Core.StatusCode.ResourceExhausted,
        EngineControl.CommandStatus.Unavailable => Grpc.Core.StatusCode.Unavailable,
        EngineControl.CommandStatus.Internal => Grpc.Core.StatusCode.Internal,
        _ => Grpc.Core.StatusCode.Unknown,
    };

    /// <summary>How far a call is.</summary>
    public static V1.CallPhase ToPhase(EngineControl.CallPhase phase) => phase switch
    {
        EngineControl.CallPhase.Setup => V1.CallPhase.Setup,
        EngineControl.CallPhase.Offered => V1.CallPhase.Offered,
        EngineControl.CallPhase.Answered => V1.CallPhase.Answered,
        _ => V1.CallPhase.Unspecified,
    };

    /// <summary>How far a leg is.</summary>
    public static V1.LegPhase ToPhase(EngineControl.LegPhase phase) => phase switch
    {
        EngineControl.LegPhase.Created => V1.LegPhase.Created,
        EngineControl.LegPhase.Trying => V1.LegPhase.Trying,
        EngineControl.LegPhase.Ringing => V1.LegPhase.Ringing,
        EngineControl.LegPhase.Early => V1.LegPhase.Early,
        EngineControl.LegPhase.Answered => V1.LegPhase.Answered,
        EngineControl.LegPhase.Ended => V1.LegPhase.Ended,
        _ => V1.LegPhase.Unspecified,
    };

    /// <summary>How a digit came.</summary>
    public static V1.DigitReceived.Types.Origin ToOrigin(DigitOrigin origin) => origin switch
    {
        DigitOrigin.Rtp => V1.DigitReceived.Types.Origin.TelephoneEvent,
        DigitOrigin.Info => V1.DigitReceived.Types.Origin.Info,
        DigitOrigin.InBand => V1.DigitReceived.Types.Origin.Tone,
        _ => V1.DigitReceived.Types.Origin.Unspecified,
    };

    /// <summary>What has happened to a recording.</summary>
    public static V1.RecordingChanged.Types.Stage ToStage(RecordingStage stage) => stage switch
    {
        RecordingStage.Started => V1.RecordingChanged.Types.Stage.Started,
        RecordingStage.Paused => V1.RecordingChanged.Types.Stage.Paused,
        RecordingStage.Resumed => V1.RecordingChanged.Types.Stage.Resumed,
        RecordingStage.Stopped => V1.RecordingChanged.Types.Stage.Stopped,
        RecordingStage.Saved => V1.RecordingChanged.Types.Stage.Saved,
        RecordingStage.Discarded => V1.RecordingChanged.Types.Stage.Discarded,
        RecordingStage.Failed => V1.RecordingChanged.Types.Stage.Failed,
        _ => V1.RecordingChanged.Types.Stage.Unspecified,
    };

    /// <summary>What is wrong with a leg's audio.</summary>
    public static V1.AudioFault.Types.Fault ToFault(AudioFaultKind fault) => fault switch
    {
        AudioFaultKind.OneWay => V1.AudioFault.Types.Fault.OneWay,
        AudioFaultKind.Silent => V1.AudioFault.Types.Fault.Silent,
        _ => V1.AudioFault.Types.Fault.Unspecified,
    };

    /// <summary>A tone that was recognised.</summary>
    public static V1.ToneDetected.Types.Tone ToTone(LineTone tone) => tone switch
    {
        LineTone.Dial => V1.ToneDetected.Types.Tone.Dial,
        LineTone.Ringback => V1.ToneDetected.Types.Tone.Ringback,
        LineTone.Busy => V1.ToneDetected.Types.Tone.Busy,
        LineTone.Congestion => V1.ToneDetected.Types.Tone.Congestion,
        LineTone.SpecialInformation => V1.ToneDetected.Types.Tone.SpecialInformation,
        LineTone.FaxCalling => V1.ToneDetected.Types.Tone.FaxCalling,
        LineTone.FaxAnswer => V1.ToneDetected.Types.Tone.FaxAnswer,
        LineTone.Beep => V1.ToneDetected.Types.Tone.Beep,
        _ => V1.ToneDetected.Types.Tone.Unspecified,
    };

    /// <summary>Who answered.</summary>
    public static V1.AnswererDetected.Types.Verdict ToVerdict(AnswererVerdict verdict) => verdict switch
    {
        AnswererVerdict.Person => V1.AnswererDetected.Types.Verdict.Person,
        AnswererVerdict.Machine => V1.AnswererDetected.Types.Verdict.Machine,
        AnswererVerdict.Unsure => V1.AnswererDetected.Types.Verdict.Unsure,
        _ => V1.AnswererDetected.Types.Verdict.Unspecified,
    };

    /// <summary>Which kind of transfer.</summary>
    public static V1.TransferChanged.Types.Kind ToKind(TransferKind kind) => kind switch
    {
        TransferKind.Blind => V1.TransferChanged.Types.Kind.Blind,
        TransferKind.Attended => V1.TransferChanged.Types.Kind.Attended,
        TransferKind.Replaced => V1.TransferChanged.Types.Kind.Replaced,
        _ => V1.TransferChanged.Types.Kind.Unspecified,
    };

    /// <summary>Why an account has other contacts.</summary>
    public static V1.RegistrationChanged.Types.Reason ToReason(RegistrationReason reason) => reason switch
    {
        RegistrationReason.Snapshot => V1.RegistrationChanged.Types.Reason.Snapshot,
        RegistrationReason.Registered => V1.RegistrationChanged.Types.Reason.Registered,
        RegistrationReason.Unregistered => V1.RegistrationChanged.Types.Reason.Unregistered,
        RegistrationReason.Expired => V1.RegistrationChanged.Types.Reason.Expired,
        RegistrationReason.FlowLost => V1.RegistrationChanged.Types.Reason.FlowLost,
        _ => V1.RegistrationChanged.Types.Reason.Unspecified,
    };

    /// <summary>Why two hear each other no longer.</summary>
    public static V1.Unbridged.Types.Reason ToReason(UnbridgeReason reason) => reason switch
    {
        UnbridgeReason.Command => V1.Unbridged.Types.Reason.Command,
        UnbridgeReason.Ended => V1.Unbridged.Types.Reason.Ended,
        UnbridgeReason.OtherEnded => V1.Unbridged.Types.Reason.OtherEnded,
        UnbridgeReason.Failed => V1.Unbridged.Types.Reason.Failed,
        _ => V1.Unbridged.Types.Reason.Unspecified,
    };

    /// <summary>How a command ended.</summary>
    public static V1.CommandEnded.Types.Outcome ToOutcome(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Completed => V1.CommandEnded.Types.Outcome.Completed,
        CommandOutcome.Stopped => V1.CommandEnded.Types.Outcome.Stopped,
        CommandOutcome.Barged => V1.CommandEnded.Types.Outcome.Barged,
        CommandOutcome.Failed => V1.CommandEnded.Types.Outcome.Failed,
        CommandOutcome.HungUp => V1.CommandEnded.Types.Outcome.HungUp,
        _ => V1.CommandEnded.Types.Outcome.Unspecified,
    };

    /// <summary>Why a gather ended.</summary>
    public static V1.GatherEnded.Types.Reason ToReason(EngineControl.GatherEnd end) => end switch
    {
        EngineControl.GatherEnd.MaxDigits => V1.GatherEnded.Types.Reason.MaxDigits,
        EngineControl.GatherEnd.Terminator => V1.GatherEnded.Types.Reason.Terminator,
        EngineControl.GatherEnd.Interdigit => V1.GatherEnded.Types.Reason.Interdigit,
        EngineControl.GatherEnd.NoInput => V1.GatherEnded.Types.Reason.NoInput,
        EngineControl.GatherEnd.NoMatch => V1.GatherEnded.Types.Reason.NoMatch,
        EngineControl.GatherEnd.Overall => V1.GatherEnded.Types.Reason.Overall,
        EngineControl.GatherEnd.Stopped => V1.GatherEnded.Types.Reason.Stopped,
        EngineControl.GatherEnd.HungUp => V1.GatherEnded.Types.Reason.HungUp,
        _ => V1.GatherEnded.Types.Reason.Unspecified,
    };

    private static T Unknown<T>(string field, Enum value, T usual, Problems problems)
    {
        problems.Add($"{field}: this server knows no value {value:D}.");
        return usual;
    }
}
