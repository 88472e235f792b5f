namespace MediaCore.Engine.CallRecords;

/// <summary>Marks a record that was not even tried because the disk has just failed; never thrown.</summary>
internal sealed class JournalSuspendedException : Exception
{
    internal static readonly JournalSuspendedException Instance = new();

    private JournalSuspendedException()
        : base("The disk has just refused a record.")
    {
    }
}
