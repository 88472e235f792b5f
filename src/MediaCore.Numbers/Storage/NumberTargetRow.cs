namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>number_targets</c>; key is the number and the position.</summary>
internal sealed class NumberTargetRow
{
    public long NumberId { get; set; }

    /// <summary>Order, from 0.</summary>
    public int Position { get; set; }

    /// <summary><c>account</c>, <c>uri</c>, <c>trunk</c>, <c>announcement_text</c>, <c>announcement_file</c>, <c>conference</c> or <c>control</c>.</summary>
    public string Kind { get; set; } = "";

    public string Value { get; set; } = "";

    public string? Voice { get; set; }

    public int RingSeconds { get; set; }
}
