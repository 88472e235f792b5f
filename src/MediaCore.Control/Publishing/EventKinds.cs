using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using MediaCore.Control.V1;
using MediaCore.Engine.Control.Events;
using Told = MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Publishing;

/// <summary>Kinds of events as sets of bits: bit n is the field of number n in Event's oneof.</summary>
internal static class EventKinds
{
    /// <summary>What is told when nothing is said: all but what comes often and few want.</summary>
    public const ulong Usual = ~((1UL << Event.MediaQualityFieldNumber) | (1UL << Event.TalkStartedFieldNumber) | (1UL << Event.TalkStoppedFieldNumber));

    /// <summary>Who is registered.</summary>
    public const ulong Registrations = 1UL << Event.RegistrationChangedFieldNumber;

    /// <summary>How the trunks are.</summary>
    public const ulong Trunks = 1UL << Event.TrunkChangedFieldNumber;

    private static readonly FrozenDictionary<string, ulong> s_byName =
        Event.Descriptor.Oneofs[0].Fields.ToFrozenDictionary(static (FieldDescriptor f) => f.Name, static f => 1UL << f.FieldNumber, StringComparer.Ordinal);

    /// <summary>Names of the kinds.</summary>
    public static IEnumerable<string> Names => s_byName.Keys;

    /// <summary>The kind of that name, as one bit; 0 when there is none.</summary>
    public static ulong Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The kind of an event, as one bit; 0 for one that the interface has no place for.</summary>
    public static ulong Of(CallEvent callEvent) => GetField(callEvent) is int field and > 0 ? 1UL << field : 0;

    private static int GetField(CallEvent callEvent) => callEvent switch
    {
        Told.CallCreated => Event.CallCreatedFieldNumber,
        Told.CallOffered => Event.CallOfferedFieldNumber,
        Told.ControlChanged => Event.ControlChangedFieldNumber,
        Told.LegChanged => Event.LegChangedFieldNumber,
        Told.DigitReceived => Event.DigitReceivedFieldNumber,
        Told.PlaybackStarted => Event.PlaybackStartedFieldNumber,
        Told.PlaybackProgress => Event.PlaybackProgressFieldNumber,
        Told.RecordingChanged => Event.RecordingChangedFieldNumber,
        MediaQualityMeasured => Event.MediaQualityFieldNumber,
        AudioFaultDetected => Event.AudioFaultFieldNumber,
        Told.TalkStarted => Event.TalkStartedFieldNumber,
        Told.TalkStopped => Event.TalkStoppedFieldNumber,
        Told.ToneDetected => Event.ToneDetectedFieldNumber,
        Told.AnswererDetected => Event.AnswererDetectedFieldNumber,
        Told.TransferRequested => Event.TransferRequestedFieldNumber,
        Told.TransferChanged => Event.TransferChangedFieldNumber,
        Told.Bridged => Event.BridgedFieldNumber,
        Told.Unbridged => Event.UnbridgedFieldNumber,
        Told.ConferenceChanged => Event.ConferenceChangedFieldNumber,
        Told.VariableChanged => Event.VariableChangedFieldNumber,
        Told.CommandEnded => Event.CommandEndedFieldNumber,
        Told.CallEnded => Event.CallEndedFieldNumber,
        Told.RegistrationChanged => Event.RegistrationChangedFieldNumber,
        Told.TrunkChanged => Event.TrunkChangedFieldNumber,
        _ => 0,
    };
}
