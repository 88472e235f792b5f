namespace MediaCore.Numbers.Model;

/// <summary>State of a job.</summary>
public enum JobState : byte
{
    /// <summary>Runs, or was cut off: then <see cref="Job.Done"/> says how far it came.</summary>
    Running,

    /// <summary>Came to its end.</summary>
    Finished,

    /// <summary>Was stopped.</summary>
    Cancelled,
}

/// <summary>Long work on many rows, with its progress.</summary>
public sealed class Job : TenantRow
{
    /// <summary>What it does, as <c>number.import</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Runs, finished, cancelled.</summary>
    public JobState State { get; set; }

    /// <summary>Items in all.</summary>
    public int Total { get; set; }

    /// <summary>Items gone through.</summary>
    public int Done { get; set; }

    /// <summary>Of these, were there already.</summary>
    public int Unchanged { get; set; }

    /// <summary>Of these, refused.</summary>
    public int Refused { get; set; }

    /// <summary>What was wrong with the first of those that were refused, a line each.</summary>
    public string Problems { get; set; } = "";
}
