using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Ng;
using MediaCore.Engine.Subscriptions;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Shards;

/// <summary>
/// Counters of one shard: plain fields written by the shard's thread alone, read by the metrics thread. A value may be a moment old; it
/// never tears on 64-bit machines.
/// </summary>
internal sealed class ShardStatistics
{
    public readonly long[] RequestsReceived = new long[(int)SipMethod.Update + 1];
    public readonly long[] RequestsSent = new long[(int)SipMethod.Update + 1];
    public readonly long[] ResponsesReceived = new long[7];
    public readonly long[] ResponsesSent = new long[7];
    public readonly long[] CallsEnded = new long[(int)CallEndReason.Shutdown + 1];
    public readonly long[] Transfers = new long[((int)TransferKind.Replaced + 1) * (int)TransferResult.Count];
    public long MalformedMessages;
    public long KeepAlives;
    public long StrayResponses;
    public long StrayAcks;
    public long RequestRetransmissionsReceived;
    public long RetransmissionsSent;
    public long TransportErrors;
    public long HandedOver;
    public long HandOverDropped;
    public long HandOversDelayed;
    public long OverloadRefusals;
    public long AuthenticationFailures;
    public long AuthenticationsBlocked;
    public long Registrations;
    public long StunRequests;
    public long MergedRequests;
    public long LoopedRequests;
    public readonly long[] Subscriptions = new long[(int)EventPackage.Count];
    public readonly long[] Notifications = new long[(int)EventPackage.Count * (int)NotificationResult.Count];
    public long AnsweredChallenges;
    public long RefusedCredentials;
    public long ForeignChallenges;
    public long LeavingRegistrations;
    public long ServerTransactions;
    public long ClientTransactions;
    public long CallsStarted;
    public long ActiveCalls;
    public long HeldCalls;
    public long RtpRelayed;
    public long RtcpRelayed;
    public long OtherRelayed;
    public long RtcpSent;
    public long RtcpForeign;
    public long RtcpFlooded;
    public long OneWayLegs;
    public long SilentLegs;
    public long RtpBytesRelayed;
    public long RtpRejectedSource;
    public long RtpMalformed;
    public long RtpUnreadable;
    public long RtpUnauthenticated;
    public long RtpUnprotected;
    public long RtpStray;
    public long RtpUnbridged;
    public long RtpSendErrors;
    public long PromptPackets;

    /// <summary>Digits that parties sent, in whatever form, on legs whose digits are looked at.</summary>
    public long DigitsReceived;

    /// <summary>Digits that came a second time in another form.</summary>
    public long DigitsRepeated;

    /// <summary>Digits that could not be sent: too many waited, or the peer can be sent none.</summary>
    public long DigitsDropped;

    /// <summary>Calls that somebody controls now.</summary>
    public long ControlledCalls;

    /// <summary>Calls offered to an application, by what became of the offer.</summary>
    public readonly long[] Offers = new long[(int)OfferResult.Count];

    /// <summary>Questions to the control plane that were answered by their default.</summary>
    public long AnswerDefaults;

    /// <summary>Answers of the control plane that came when nobody waited any more.</summary>
    public long LateAnswers;

    /// <summary>Answers that could not be carried out: no such trunk, route or account.</summary>
    public long UnusableAnswers;

    /// <summary>Events published.</summary>
    public long CallEvents;
    public long MediaPortsExhausted;
    public long MediaPortsResting;
    public long MediaPortBindFailures;
    public readonly long[] DefenceDrops = new long[(int)DefenceReason.OverloadDropped + 1];
    public long AdmittedPerMille = 1000;

    /// <summary>Share of the last second in which the shard did not wait for work.</summary>
    public long BusyPerMille;
    public long LookupsRefused;
    public long LargeRequests;
    public long LargeRequestFallbacks;
    public readonly long[] NgSessionsEnded = new long[(int)NgSessionEnd.Count];
    public long NgSessions;
    public long NgSessionsStarted;
    public long NgSessionMilliseconds;
    public long NgRejected;

    /// <summary>Of the sessions above those of MediaRelay, of which the ng protocol does not tell.</summary>
    public readonly long[] MediaRelaySessionsEnded = new long[(int)NgSessionEnd.Count];
    public long MediaRelaySessions;
    public long MediaRelaySessionMilliseconds;
    public long NgOneWayStreams;
    public long NgZeroWayStreams;
    public long KeepAlivesSent;
    public long Turns;
    public long Faults;

    /// <summary>Those of the media graph.</summary>
    public MediaSessions.Audio.AudioStatistics Audio { get; } = new();

    public void CountResponseSent(int status) => ResponsesSent[Math.Clamp(status / 100, 0, 6)]++;

    public void CountResponseReceived(int status) => ResponsesReceived[Math.Clamp(status / 100, 0, 6)]++;
}
