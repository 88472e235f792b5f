namespace MediaCore.Numbers.Model;

/// <summary>What a receiver has said about messages of one number. Each change is told as <c>message.opt_out</c>, which keeps the history.</summary>
public sealed class MessageOptOut : TenantRow, IRecordRow
{
    /// <summary>The number of ours.</summary>
    public string Number { get; set; } = "";

    /// <summary>The receiver.</summary>
    public string Peer { get; set; } = "";

    /// <summary>Wants none; false for one who has asked for messages again.</summary>
    public bool IsOut { get; set; }

    /// <summary>Since when.</summary>
    public long SinceMs { get; set; }

    /// <summary>How it was said: <c>message</c>, or who has entered it.</summary>
    public string Source { get; set; } = "";
}
