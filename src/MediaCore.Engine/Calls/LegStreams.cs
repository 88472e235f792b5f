using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The media lines beside the audio of one leg that are relayed (<see cref="OtherStream"/>): where each stands in this peer's descriptions, and its ports. A stream has the same number on both legs of
/// a call. Made for the legs that need it and kept with the pooled leg.
/// </summary>
internal sealed class LegStreams
{
    private const int None = -1;

    private readonly int[] _positions = new int[SdpLimits.MaxOtherStreams];
    private readonly MediaLeg?[] _media = new MediaLeg?[SdpLimits.MaxOtherStreams];

    public LegStreams() => Clear();

    /// <summary>Where the audio last stood; a fax may take its place (RFC 3264 §8.3.3).</summary>
    public int AudioPosition { get; set; }

    /// <summary>The stream at a place; -1 for none.</summary>
    public int FindAt(int position) => Array.IndexOf(_positions, position);

    /// <summary>Where a stream stands; -1 when this peer has not heard of it.</summary>
    public int GetPosition(int stream) => _positions[stream];

    /// <summary>Gives a stream its place.</summary>
    public void SetPosition(int stream, int position) => _positions[stream] = position;

    /// <summary>A stream that neither leg uses; -1 when there is none.</summary>
    public static int FindFree(LegStreams first, LegStreams second)
    {
        for (int i = 0; i < SdpLimits.MaxOtherStreams; i++)
        {
            if (first._positions[i] == None && second._positions[i] == None)
            {
                return i;
            }
        }

        return None;
    }

    /// <summary>The ports of a stream; null while it has none.</summary>
    public MediaLeg? GetOpen(int stream) => _media[stream] is { Port: not null } open ? open : null;

    /// <summary>When anything was last heard on any that is open; the beginning of time where none is.</summary>
    public Timestamp LastHeard
    {
        get
        {
            Timestamp last = default;
            foreach (MediaLeg? media in _media)
            {
                last = media is { Port: not null } && media.LastHeard > last ? media.LastHeard : last;
            }

            return last;
        }
    }

    /// <summary>The ports of a stream, to be opened.</summary>
    public MediaLeg GetOrAdd(int stream) => _media[stream] ??= new MediaLeg { IsOpaque = true };

    /// <summary>Back to the pool's state, its ports given back before.</summary>
    public void Clear()
    {
        Array.Fill(_positions, None);
        AudioPosition = 0;
        foreach (MediaLeg? media in _media)
        {
            media?.Clear();
        }
    }
}
