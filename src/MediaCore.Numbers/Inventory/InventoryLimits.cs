namespace MediaCore.Numbers.Inventory;

/// <summary>Bounds of the inventory.</summary>
public static class InventoryLimits
{
    /// <summary>Digits of an international number, ITU-T E.164 §6.</summary>
    public const int MaxE164Digits = 15;

    /// <summary>Fewest digits that can be a number: a country code has at least one, and something must follow it.</summary>
    public const int MinE164Digits = 2;

    /// <summary>Characters of an account's name; the local part of a mail address has 64 as well (RFC 5321 §4.5.3.1.1).</summary>
    public const int MaxAccountNameCharacters = 64;

    /// <summary>Characters of a password that is set by hand, from NIST SP 800-63B §5.1.1.2.</summary>
    public const int MinPasswordCharacters = 8;

    /// <summary>Longest password; more than any generator makes.</summary>
    public const int MaxPasswordCharacters = 128;

    /// <summary>Fewest digits of an extension; one digit is a menu's option.</summary>
    public const int MinExtensionDigits = 2;

    /// <summary>Most digits of an extension; what is longer may be a subscriber's number somewhere.</summary>
    public const int MaxExtensionDigits = 6;

    /// <summary>Targets of one number; at the shortest ring time worth having they exceed what a caller waits (180 s).</summary>
    public const int MaxTargets = 16;

    /// <summary>Characters of a label.</summary>
    public const int MaxLabelCharacters = 100;

    /// <summary>Characters of an announcement, about two minutes of speech.</summary>
    public const int MaxAnnouncementCharacters = 2_000;

    /// <summary>Shortest ring time, seconds.</summary>
    public const int MinRingSeconds = 1;

    /// <summary>Longest ring time, seconds: the engine ends any ringing after 180 s.</summary>
    public const int MaxRingSeconds = 180;

    /// <summary>Calls or audit entries handed out at once.</summary>
    public const int MaxListed = 10_000;
}
