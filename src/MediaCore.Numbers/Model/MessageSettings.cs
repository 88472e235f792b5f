namespace MediaCore.Numbers.Model;

/// <summary>A tenant's own rules for messages; what has no row has the usual ones.</summary>
public sealed class MessageSettings : TenantRow
{
    /// <summary>Minute of the day, in the tenant's time zone, from which nothing is sent; equal to <see cref="QuietUntil"/> for no quiet hours.</summary>
    public int QuietFrom { get; set; }

    /// <summary>Minute of the day until which nothing is sent; before <see cref="QuietFrom"/> for a time over midnight.</summary>
    public int QuietUntil { get; set; }

    /// <summary>Messages of the tenant in a minute.</summary>
    public int PerMinute { get; set; } = 300;

    /// <summary>Different receivers of one number in an hour: what pumps one-time codes into ranges of numbers goes beyond it.</summary>
    public int ReceiversPerHour { get; set; } = 500;

    /// <summary>Answer to HELP; empty for none.</summary>
    public string HelpText { get; set; } = "";

    /// <summary>Text over several parts goes as one MMS where the number can.</summary>
    public bool LongAsMms { get; set; }
}
