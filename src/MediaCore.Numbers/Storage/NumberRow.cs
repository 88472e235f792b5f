namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>numbers</c>.</summary>
internal sealed class NumberRow
{
    public long Id { get; set; }

    /// <summary>Unique.</summary>
    public string E164 { get; set; } = "";

    public string Label { get; set; } = "";

    public bool Enabled { get; set; }

    public long CreatedAtMs { get; set; }

    public List<NumberTargetRow> Targets { get; set; } = [];
}
