namespace MediaCore.Numbers.Notifications;

/// <summary>Bounds of notifications, and what happens at each.</summary>
public static class NotificationLimits
{
    /// <summary>Rows that are read at once; the rest comes after them.</summary>
    public const int Batch = 32;

    /// <summary>Characters of a text message of ours: two parts of an SMS in the alphabet of 7 bits (153 each). What is longer is cut.</summary>
    public const int MaxTextCharacters = 306;

    /// <summary>Characters of a problem that are kept: a line of a mail server's.</summary>
    public const int MaxProblemCharacters = 300;

    /// <summary>After so long it is given up: what is told a day later is no longer news.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>So long a row belongs to the server that tries it: longer than an attempt may take (<see cref="Mail.MailLimits.SendTime"/>).</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    /// <summary>How often it is looked for rows that are due and that nobody told of: another server's, or of one that died.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Longest that a plan's action waits for its rows to be written, before the call goes on without.</summary>
    public static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(2);

    /// <summary>How long after that many attempts the next one is: 30 s, doubled each time, at most an hour.</summary>
    public static TimeSpan WaitAfter(int attempts) => TimeSpan.FromSeconds(Math.Min(3600, 30 * Math.Pow(2, Math.Clamp(attempts - 1, 0, 10))));
}
