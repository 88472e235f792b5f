using MediaCore.LoadTests.Media;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Calls;

/// <summary>A call with both of its ends. Owned by the thread that signals.</summary>
internal sealed class LoadCall(int place, string number, bool isTranscoded, RtpStream caller, RtpStream callee)
{
    /// <summary>Its place among those that are up at once.</summary>
    public int Place { get; } = place;

    /// <summary>What was dialled; unique.</summary>
    public string Number { get; } = number;

    /// <summary>Whether the sides have no codec in common.</summary>
    public bool IsTranscoded { get; } = isTranscoded;

    public RtpStream Caller { get; } = caller;

    public RtpStream Callee { get; } = callee;

    public CallStage Stage { get; set; } = CallStage.Inviting;

    /// <summary>Why it failed.</summary>
    public string Problem { get; set; } = "";

    /// <summary>When the next thing is to be done: end it, hang up, or send again.</summary>
    public Timestamp Deadline { get; set; }

    /// <summary>When it was answered.</summary>
    public Timestamp TalkingSince { get; set; }

    /// <summary>The pump's pass after which all that was sent has been counted.</summary>
    public long LastPass { get; set; }

    /// <summary>When it is to end.</summary>
    public Timestamp EndAt { get; set; }

    /// <summary>The request that waits for its final response; it is sent again until then (RFC 3261 §17.1).</summary>
    public byte[] Request { get; set; } = [];

    /// <summary>How often it was sent again.</summary>
    public int Retransmissions { get; set; }

    /// <summary>Value of To of the answer.</summary>
    public string RemoteTo { get; set; } = "";

    /// <summary>Where requests in the dialog go.</summary>
    public string RemoteTarget { get; set; } = "";

    public bool IsOver => Stage is CallStage.Ended or CallStage.Failed;
}
