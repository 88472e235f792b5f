namespace MediaCore.Numbers.Model;

/// <summary>A dialog that a transferred call has with another call of ours: two calls that have one of the same Call-ID were joined by a transfer (RFC 3891).</summary>
public sealed class CallDialog : IRecordRow
{
    /// <summary>The Call-ID of the dialog (RFC 3261 §8.1.1.4).</summary>
    public string SipCallId { get; set; } = "";

    /// <summary>A call that has it.</summary>
    public string CallId { get; set; } = "";
}
