using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine;

/// <summary>What the engine needs from outside: decisions, accounts, a place for records, prompts, logs, the time of day.</summary>
public sealed record EngineServices
{
    /// <summary>Routing; called on shards.</summary>
    public required ICallPolicy Policy { get; init; }

    /// <summary>Accounts that may register; null where there is no registrar (SBC mode), and REGISTER gets 405.</summary>
    public IAccountDirectory? Accounts { get; init; }

    /// <summary>Takes the record of every ended call.</summary>
    public required ICallRecordSink CallRecords { get; init; }

    /// <summary>Announcements; null where none are played.</summary>
    public PromptStore? Prompts { get; init; }

    /// <summary>Recordings of calls; null where none are made.</summary>
    public RecordingStore? Recordings { get; init; }

    /// <summary>Resolves names that peers give during calls; null where only addresses are followed.</summary>
    public SipNameResolver? Names { get; init; }

    /// <summary>What is known of the trunks at run time; the host may keep it for listings.</summary>
    public TrunkStates Trunks { get; init; } = new();

    /// <summary>Calls of accounts, shared by the shards.</summary>
    internal AccountCalls AccountCalls { get; } = new();

    /// <summary>Waiting messages of accounts; null where there are no mailboxes, and subscribers are told that nothing waits.</summary>
    public IMessageSummaries? MessageSummaries { get; init; }

    /// <summary>Is told what happens to calls; null for nobody.</summary>
    public ICallEvents? CallEvents { get; init; }

    /// <summary>Is asked what to do with calls, accounts, transfers and messages; null for nobody.</summary>
    public IControlPlane? ControlPlane { get; init; }

    /// <summary>What it has said of accounts.</summary>
    internal AccountCache PlaneAccounts { get; } = new();

    /// <summary>Subscriptions, as far as the shards have to know of each other's.</summary>
    internal SubscriptionRegistry Subscriptions { get; } = new();

    /// <summary>Logging.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Time of day for records.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
