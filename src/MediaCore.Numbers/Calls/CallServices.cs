using MediaCore.Engine.Control;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Dialling;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Recordings;
using MediaCore.Numbers.Records.Begun;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Calls;

/// <summary>What the calls of the number service share.</summary>
public sealed record CallServices
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The engine's calls.</summary>
    public required ICallControl Control { get; init; }

    /// <summary>Where numbers of our own lead to; null where there are none.</summary>
    public INumberDestinations? Numbers { get; init; }

    /// <summary>Begins with calls that the service makes; the director itself.</summary>
    public ICallStarter? Calls { get; init; }

    /// <summary>Whose phones are registered; null where that is not known, and everybody is rung.</summary>
    public IRegistrations? Registrations { get; init; }

    /// <summary>Whose an account is, so that no tenant rings another's phones; null for one that is no tenant's. Null where there are no tenants' accounts.</summary>
    public Func<string, Guid?>? AccountOwner { get; init; }

    /// <summary>How the queues are; null where there are none.</summary>
    public IQueueFigures? QueueFigures { get; init; }

    /// <summary>What people set by their phones; null where nothing can be set.</summary>
    public PersonSettings? People { get; init; }

    /// <summary>Whether a tenant may send calls to a trunk of the server's configuration; null where every tenant may.</summary>
    public TrunkRule? MayUseTrunk { get; init; }

    /// <summary>Puts messages into their boxes; null where nothing can be recorded.</summary>
    public VoicemailRecordings? Voicemail { get; init; }

    /// <summary>Keeps the rows of calls' recordings; null where nothing can be recorded.</summary>
    public RecordingRegister? Recordings { get; init; }

    /// <summary>Keeps what is decided while calls go on; null where nothing is kept of them before their end.</summary>
    public BegunCalls? Begun { get; init; }

    /// <summary>Writes who is to be told of a call, and gives true when that is done; null where nobody is told.</summary>
    public Func<CallFacts, NotifyAction, string, Task<bool>>? Notify { get; init; }

    /// <summary>What owners do with their boxes by phone; null where nothing can be recorded.</summary>
    public VoicemailDesk? VoicemailDesk { get; init; }

    /// <summary>What ring strategies remember.</summary>
    public RingMemory Ringing { get; init; } = new();

    /// <summary>Draws a number from 0 to below its argument, for what is drawn by weight.</summary>
    public Func<int, int> Draw { get; init; } = System.Security.Cryptography.RandomNumberGenerator.GetInt32;

    /// <summary>The queues; null where there are none.</summary>
    public QueueDesks? Queues { get; init; }

    /// <summary>A tenant's schedule by its name as it is now, overrides included, whatever configuration a call goes by; null where the call's own holds.</summary>
    public Func<Guid, string, Schedule?>? Schedules { get; init; }

    /// <summary>Calls of each number now.</summary>
    public NumberLoad Load { get; init; } = new();

    /// <summary>Asks web servers for menus; null where nobody may be asked.</summary>
    public IWebLookup? Lookups { get; init; }
}
