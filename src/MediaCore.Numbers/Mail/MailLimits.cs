namespace MediaCore.Numbers.Mail;

/// <summary>Bounds of what a mail server can make us hold or wait for.</summary>
public static class MailLimits
{
    /// <summary>Longest address: a path of RFC 5321 §4.5.3.1.3 (256) without its brackets.</summary>
    public const int MaxAddressCharacters = 254;

    /// <summary>Longest line of a reply: RFC 5321 §4.5.3.1.5 says 512, and servers write more.</summary>
    public const int MaxReplyCharacters = 2_000;

    /// <summary>Lines of one reply: EHLO lists a line per extension, of which some twenty are known.</summary>
    public const int MaxReplyLines = 100;

    /// <summary>Largest sound that is attached: in base64 about 13.5 MB, below the 20 to 25 MB that most servers take.</summary>
    public const int MaxAttachmentBytes = 10 * 1024 * 1024;

    /// <summary>Longest that sending one mail may take, all of it.</summary>
    public static readonly TimeSpan SendTime = TimeSpan.FromMinutes(2);
}
