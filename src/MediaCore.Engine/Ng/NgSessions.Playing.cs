using MediaCore.Engine.MediaSessions.Audio;

namespace MediaCore.Engine.Ng;

/// <summary>Files played to parties.</summary>
internal sealed partial class NgSessions
{
    /// <summary>The parties hear a clip, beside the other side or in its place.</summary>
    private NgDictionary PlayMedia(NgParty[] parties, NgRequest request)
    {
        if (request.Clip is not { } clip)
        {
            return NgAnswers.Error("Neither \"file\" nor \"blob\" in message");
        }

        bool isDone = false;
        foreach (NgParty party in parties)
        {
            isDone |= FindAudio(party) is { } stream
                && _media.Play(stream.Leg, new ClipSource(clip, request.Repeats, request.StartPosition), request.Has(NgFlags.BlockEgress) ? SourceMode.Exclusive : SourceMode.Mixed);
        }

        if (!isDone)
        {
            return NgAnswers.Error("No audio of a codec that can be encoded is negotiated");
        }

        NgDictionary answer = NgAnswers.Ok();
        answer["duration"] = (long)clip.Duration.TotalMilliseconds;
        return answer;
    }

    /// <summary>Ends what is played, with where it was; 0 where nothing was.</summary>
    private NgDictionary StopMedia(NgParty[] parties)
    {
        TimeSpan position = default;
        foreach (NgParty party in parties)
        {
            if (FindAudio(party) is { Leg: { Audio.Source: ClipSource source } leg })
            {
                position = source.Position;
                _media.StopPlaying(leg);
            }
        }

        NgDictionary answer = NgAnswers.Ok();
        answer["last-frame-pos"] = (long)position.TotalMilliseconds;
        return answer;
    }
}
