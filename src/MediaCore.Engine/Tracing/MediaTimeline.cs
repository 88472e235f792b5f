using System.Globalization;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Digits;

namespace MediaCore.Engine.Tracing;

/// <summary>What happened to the media of the last calls of one shard, beside their messages; the shard's own. The oldest calls are forgotten first.</summary>
internal sealed class MediaTimeline(int maxCalls)
{
    private readonly Dictionary<string, Notes> _calls = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Keeps a note; one that says of a leg what the last <paramref name="isState"/> note did is none.</summary>
    public void Note(string callId, int leg, string text, DateTimeOffset now, bool isState = false)
    {
        if (!_calls.TryGetValue(callId, out Notes? notes))
        {
            if (_order.Count >= maxCalls)
            {
                _calls.Remove(_order.Dequeue());
            }

            _calls.Add(callId, notes = new Notes());
            _order.Enqueue(callId);
        }

        if (isState && !notes.TryChange(leg, text))
        {
            return;
        }

        if (notes.Kept.Count < TraceLimits.MaxNotesPerCall)
        {
            notes.Kept.Add(new TracedNote(now, leg, text));
        }
        else
        {
            notes.LeftOut++;
        }
    }

    /// <summary>Keeps what an event says of media.</summary>
    public void Note(CallEvent callEvent)
    {
        if (callEvent.CallId.Length > 0 && Describe(callEvent) is { } text)
        {
            string? leg = callEvent.LegId;
            int index = leg is not null && int.TryParse(leg.AsSpan(leg.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
            Note(callEvent.CallId, index, text, callEvent.At);
        }
    }

    /// <summary>What was kept of a call, and how many notes were too many.</summary>
    public (IReadOnlyList<TracedNote> Notes, long LeftOut) Find(string callId) => _calls.TryGetValue(callId, out Notes? notes) ? ([.. notes.Kept], notes.LeftOut) : ([], 0);

    private static string? Describe(CallEvent callEvent) => callEvent switch
    {
        LegChanged { Phase: Control.LegPhase.Answered } e => e.IsHeld ? "its peer holds" : "in the call",
        DigitReceived e => Text($"a digit by {(e.Origin == DigitOrigin.Rtp ? "telephone event" : e.Origin == DigitOrigin.Info ? "INFO" : "tone")}, {e.Milliseconds} ms"),
        PlaybackStarted e => $"hears playback {e.CommandId}",
        PlaybackEnded e => Text($"playback {e.CommandId} ends after {e.Played.TotalSeconds:0.0} s"),
        RecordingChanged e => $"recording {e.Stage.ToString().ToLowerInvariant()}",
        MediaQualityMeasured e => Describe(e),
        TalkStarted => "talks",
        TalkStopped => "talks no longer",
        ToneDetected e => $"tone: {e.Tone}",
        AnswererDetected e => Text($"answerer: {e.Verdict} after {e.Milliseconds} ms"),
        Bridged e => $"hears {e.OtherLegId}",
        Unbridged e => $"hears {e.OtherLegId} no longer: {e.Reason}",
        ConferenceChanged e => e.IsIn ? $"in conference {e.Room}" : $"out of conference {e.Room}",
        _ => null,
    };

    private static string Describe(MediaQualityMeasured e)
    {
        MediaQuality? quality = e.Quality;
        string far = quality?.FarLossPercent is { } loss ? Text($", its reports say loss {loss:0.##} %, jitter {quality.FarJitterMilliseconds ?? 0:0.#} ms") : "";
        string trip = quality?.RoundTripMilliseconds is { } roundTrip ? Text($", round trip {roundTrip:0.#} ms") : "";
        return Text($"{e.Received.Packets} packets came, loss {quality?.LossPercent ?? 0:0.##} %, jitter {e.Received.JitterMilliseconds:0.#} ms, MOS {quality?.Mos ?? 0:0.##}; {e.Sent.Packets} went{far}{trip}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Notes
    {
        private readonly Dictionary<int, string> _states = [];

        public List<TracedNote> Kept { get; } = [];

        public long LeftOut { get; set; }

        public bool TryChange(int leg, string text)
        {
            bool isNew = !_states.TryGetValue(leg, out string? former) || former != text;
            _states[leg] = text;
            return isNew;
        }
    }
}
