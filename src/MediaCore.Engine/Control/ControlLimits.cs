namespace MediaCore.Engine.Control;

/// <summary>Bounds of what a controller can make a call hold, and what happens at each: the command is refused with <see cref="CommandStatus.ResourceExhausted"/> or <see cref="CommandStatus.InvalidArgument"/>.</summary>
public static class ControlLimits
{
    /// <summary>Characters of a command's identifier: a UUID with a prefix has 40 to 60.</summary>
    public const int MaxCommandIdChars = 64;

    /// <summary>Characters of the sender's note; Telnyx's client_state is of that order.</summary>
    public const int MaxClientStateChars = 1024;

    /// <summary>Characters of an identifier of a call: ours have 26, a caller of <c>Originate</c> may bring a UUID.</summary>
    public const int MaxCallIdChars = 64;

    /// <summary>Characters of the name of an application or controller.</summary>
    public const int MaxNameChars = 64;

    /// <summary>Commands of one call that have not ended: a talk, a recording, a prompt and what waits behind it; more is a controller that does not look at its events.</summary>
    public const int MaxOpenCommands = 32;

    /// <summary>Commands of one call that wait behind one whose name is being looked up: as many as may be open.</summary>
    public const int MaxWaitingCommands = MaxOpenCommands;

    /// <summary>
    /// Commands whose names are being looked up, of all calls; as many as one shard may have in the DNS (<see cref="Signalling.EngineLimits.MaxLookupsPerShard"/>). With a DNS that never answers each takes 5 s, so this is 51 commands/s.
    /// </summary>
    public const int MaxLookups = Signalling.EngineLimits.MaxLookupsPerShard;

    /// <summary>Playbacks of one leg that wait behind the one that is heard.</summary>
    public const int MaxWaitingPlays = 16;

    /// <summary>Pieces of sound in one playback.</summary>
    public const int MaxPlayItems = 16;

    /// <summary>Rounds of one playback; for ever is 0.</summary>
    public const int MaxRounds = 1_000;

    /// <summary>Variables of one call.</summary>
    public const int MaxVariables = 64;

    /// <summary>Characters of a variable's name.</summary>
    public const int MaxVariableNameChars = 64;

    /// <summary>Characters of all variables of a call, names and values: what fits into a record and an event without being its main part.</summary>
    public const int MaxVariableChars = 4_096;

    /// <summary>Digits that one gather waits for: a card number and its terminator fit twice.</summary>
    public const int MaxGatheredDigits = 64;

    /// <summary>Digits that were typed while nobody gathered and wait for the next gather; the oldest go first.</summary>
    public const int MaxTypedAhead = 32;

    /// <summary>Longest of any of a gather's timers.</summary>
    public static readonly TimeSpan MaxGatherTime = TimeSpan.FromMinutes(10);

    /// <summary>Targets of one dial; as many as are rung at once.</summary>
    public const int MaxDialTargets = Signalling.EngineLimits.MaxParallelTargets;

    /// <summary>Diversions that a dial may tell of; networks allow five (3GPP TS 24.604 §4.5.2.6.1 lets the operator set it), which is what the number service ends loops at.</summary>
    public const int MaxDiversions = 5;

    /// <summary>Longest a dial may ring; the longest that any configuration allows.</summary>
    public static readonly TimeSpan MaxRingTime = TimeSpan.FromHours(1);

    /// <summary>How long a dial rings that says nothing: jambonz', Twilio's and Asterisk's 30 s.</summary>
    public static readonly TimeSpan DefaultRingTime = TimeSpan.FromSeconds(30);

    /// <summary>Contacts of one redirection; as many as are looked at in a 3xx that comes to us.</summary>
    public const int MaxContacts = 8;

    /// <summary>Headers of the INVITE that an offer may be configured to show.</summary>
    public const int MaxOfferedHeaders = 16;

    /// <summary>Characters of a header's value in an offer; longer ones are cut.</summary>
    public const int MaxOfferedHeaderChars = 512;

    /// <summary>Characters of a reason text, a caller's name and the like.</summary>
    public const int MaxTextChars = 256;

    /// <summary>How long an offer waits for somebody to claim it: what a synchronous hook of a control plane has elsewhere; the caller hears nothing meanwhile.</summary>
    public static readonly TimeSpan DefaultOfferTime = TimeSpan.FromSeconds(5);

    /// <summary>Longest an offer may wait.</summary>
    public static readonly TimeSpan MaxOfferTime = TimeSpan.FromSeconds(60);

    /// <summary>How long a transfer that a party asks for waits for its controller: as an offer does, and far less than the 32 s after which the phone gives its REFER up (RFC 3261, timer F).</summary>
    public static readonly TimeSpan TransferTime = TimeSpan.FromSeconds(5);

    /// <summary>Calls in one page of a listing.</summary>
    public const int MaxPageCalls = 1_000;
}
