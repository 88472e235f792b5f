using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Calls;

/// <summary>What all ended calls came to.</summary>
internal sealed class CallTotals
{
    public long Started { get; set; }

    /// <summary>Calls, registrations and messages that were answered 200.</summary>
    public long Answered { get; set; }

    /// <summary>Those that went through all steps of their scenario.</summary>
    public long Ended { get; set; }

    public long Failed { get; set; }

    /// <summary>Those of the failed that were answered 503.</summary>
    public long Refused { get; set; }

    /// <summary>Calls that were cancelled and ended in 487, as their scenario has it.</summary>
    public long Cancelled { get; set; }

    /// <summary>Responses for a call that had ended, and datagrams that are no SIP message.</summary>
    public long Late { get; set; }

    public long Unreadable { get; set; }

    /// <summary>Packets sent in calls that were relayed as they are.</summary>
    public long Sent { get; set; }

    /// <summary>Those that came out on the other side.</summary>
    public long Received { get; set; }

    /// <summary>Packets that were lost on purpose on their way to the server, of all calls.</summary>
    public long Dropped { get; set; }

    /// <summary>Packets sent in transcoded calls, those lost on purpose among them since the server fills their places, and what came: the server paces these by its own clock, so that they need not be equal.</summary>
    public long TranscodedSent { get; set; }

    public long TranscodedReceived { get; set; }

    /// <summary>Those of <see cref="Dropped"/> in transcoded calls.</summary>
    public long TranscodedDropped { get; set; }

    /// <summary>Sides of transcoded calls that sent something.</summary>
    public long TranscodedSides { get; set; }

    /// <summary>Tenths of a second listened to in transcoded calls, those in which the other side's tone was there, and packets that could not be decoded.</summary>
    public long Windows { get; set; }

    public long ToneWindows { get; set; }

    public long Undecoded { get; set; }

    /// <summary>Sides of calls that ended, those of them that heard nothing at all though the other side sent, and sides that sent nothing, which is the generator's own defect.</summary>
    public long Sides { get; set; }

    public long SilentSides { get; set; }

    public long MuteSides { get; set; }

    public long Unauthentic { get; set; }

    /// <summary>Packets of relayed calls whose sound was compared with what was sent, and those of all calls that were not as they should be.</summary>
    public long Compared { get; set; }

    public long Altered { get; set; }

    public long SendErrors { get; set; }

    public long Retransmissions { get; set; }

    /// <summary>Why calls failed: text and how often.</summary>
    public SortedDictionary<string, int> Problems { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds what a stream sent and the other one of its call heard.</summary>
    public void Add(RtpStream stream, RtpStream other, bool isTranscoded)
    {
        if (isTranscoded)
        {
            TranscodedSent += stream.Sent + stream.Dropped;
            TranscodedReceived += other.Received;
            TranscodedDropped += stream.Dropped;
            TranscodedSides += stream.Sent > 0 ? 1 : 0;
        }
        else
        {
            Sent += stream.Sent;
            Received += other.Received;
        }

        Unauthentic += stream.Unauthentic;
        Compared += stream.Compared;
        Altered += stream.Altered;
        SendErrors += stream.SendErrors;
        Dropped += stream.Dropped;
        Windows += stream.Listener?.Windows ?? 0;
        ToneWindows += stream.Listener?.ToneWindows ?? 0;
        Undecoded += stream.Listener?.Undecoded ?? 0;
    }
}
