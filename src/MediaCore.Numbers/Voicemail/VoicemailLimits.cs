namespace MediaCore.Numbers.Voicemail;

/// <summary>Bounds of what callers who leave messages can make the server hold, and what happens at each.</summary>
public static class VoicemailLimits
{
    /// <summary>Messages that are being recorded or wait for the database: as many as there can be recordings at once. The next caller cannot leave one.</summary>
    public const int MaxOpen = Engine.Recordings.RecordingLimits.MaxRecordings;

    /// <summary>Longest look whether a box is full, before the message is taken without it: a caller hears silence meanwhile.</summary>
    public static readonly TimeSpan FullTime = TimeSpan.FromSeconds(2);

    /// <summary>Digits of a box's number at most, as the API has it; PINs are shorter (<see cref="PinRules.MaxDigits"/>).</summary>
    public const int MaxBoxDigits = 20;

    /// <summary>Messages that an owner is read out of one box: as many as a box may have (<c>max_messages</c>).</summary>
    public const int MaxListed = 10_000;

    /// <summary>Longest greeting, name or comment that an owner records: what a caller listens to before he speaks.</summary>
    public static readonly TimeSpan LongestTake = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait for the file of what an owner has recorded: the disk takes it within a second or is in trouble.</summary>
    public static readonly TimeSpan FileTime = TimeSpan.FromSeconds(10);

    /// <summary>Longest work of the database for an owner, who hears silence meanwhile; it goes on when he hangs up.</summary>
    public static readonly TimeSpan DeskTime = TimeSpan.FromSeconds(15);

    /// <summary>Keys that mean nothing, or none, one after the other, before an owner is said goodbye to; wrong PINs of one call as well. FreeSWITCH and Asterisk have 3 logins.</summary>
    public const int MaxTries = 3;

    /// <summary>How often it is looked for messages that are due to be tidied away.</summary>
    public static readonly TimeSpan TidyInterval = TimeSpan.FromMinutes(10);

    /// <summary>How often counts of messages are read anew, for changes that nobody told of: those of other nodes.</summary>
    public static readonly TimeSpan LampInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a deleted message can be brought back before its sound goes: at least as long as the call in which it was deleted may still undo it.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromHours(1);

    /// <summary>How long a node of several waits for the one that has the sound to tidy a message away, before it removes the row itself.</summary>
    public static readonly TimeSpan AbsentTime = TimeSpan.FromDays(1);

    /// <summary>Accounts whose lamps a box can be shown on beside its owner's.</summary>
    public const int MaxLamps = 32;

    /// <summary>Messages that one tidying takes; the rest waits for the next one.</summary>
    public const int MaxTidied = 500;

    /// <summary>How often it is looked for recordings that nobody told of, and tried again what the database refused.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>After so long a recording of which there is no file at all is given up: longer than any message takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);
}
