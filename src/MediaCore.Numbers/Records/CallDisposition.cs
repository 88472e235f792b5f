namespace MediaCore.Numbers.Records;

/// <summary>What came of a call, for those who count calls; <see cref="CallDispositions"/> decides it.</summary>
public enum CallDisposition : byte
{
    /// <summary>The caller has talked with somebody, or with the service alone (a menu, an announcement) and wanted nobody else.</summary>
    Answered,

    /// <summary>The caller has talked with somebody whom the call was forwarded to.</summary>
    Forwarded,

    /// <summary>The caller has left a message.</summary>
    Voicemail,

    /// <summary>The caller hung up while waiting in a queue.</summary>
    Abandoned,

    /// <summary>The caller gave up before anybody answered.</summary>
    Cancelled,

    /// <summary>Nobody answered in time.</summary>
    NoAnswer,

    /// <summary>Who was called is busy.</summary>
    Busy,

    /// <summary>Who was called, or the plan, did not want the call.</summary>
    Rejected,

    /// <summary>The caller may not call: refused as forbidden or unwanted (403, 607, 608).</summary>
    Blocked,

    /// <summary>Anything else: nobody can be reached, a trunk is down, numbers lead to each other.</summary>
    Failed,
}
