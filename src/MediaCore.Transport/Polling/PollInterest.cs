namespace MediaCore.Transport.Polling;

/// <summary>What a descriptor is watched for; errors are always reported.</summary>
[Flags]
public enum PollInterest
{
    /// <summary>Errors only.</summary>
    None = 0,

    /// <summary>Something can be read.</summary>
    Read = 1,

    /// <summary>There is room to write; asked for only while a send waits, since it is nearly always true.</summary>
    Write = 2,
}
