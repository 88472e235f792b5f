using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>Sound that a controller plays to a leg: its pieces one after the other, some rounds of them. It waits in its leg's queue until it is its turn (<see cref="ControlledLeg"/>).</summary>
internal sealed class Playback(BackToBackUserAgent calls, ControlledLeg to, OpenCommand? command, IReadOnlyList<PlayMedia> items, int rounds) : IPlaybackListener
{
    /// <summary>Who hears it.</summary>
    public ControlledLeg To { get; } = to;

    /// <summary>The command that it belongs to: a playback, a gather, digits; null for the ringing that a dial plays.</summary>
    public OpenCommand? Command { get; } = command;

    /// <summary>Its pieces.</summary>
    public IReadOnlyList<PlayMedia> Items { get; } = items;

    /// <summary>How often all of them are played; 0 until it is stopped.</summary>
    public int Rounds { get; } = rounds;

    /// <summary>Whether the other side hears it as well.</summary>
    public bool ToBoth { get; init; }

    /// <summary>Whether those who hear it hear each other as well.</summary>
    public bool Mixes { get; init; }

    /// <summary>Digits in place of sound, to be sent when it is its turn; empty for sound.</summary>
    public string Digits { get; init; } = "";

    /// <summary>The piece that is heard.</summary>
    public int Item { get; set; }

    /// <summary>The round, from 1.</summary>
    public int Round { get; set; } = 1;

    /// <summary>Something of it was heard.</summary>
    public bool HasStarted { get; set; }

    /// <summary>When that was.</summary>
    public Timestamp StartedAt { get; set; }

    /// <summary>What is heard now; null while a prompt is being fetched.</summary>
    public IAudioSource? Source { get; set; }

    /// <summary>What the other side hears of it; null for nothing.</summary>
    public IAudioSource? OtherSource { get; set; }

    /// <summary>It is over: what still comes of it is late.</summary>
    public bool IsOver { get; set; }

    /// <inheritdoc/>
    public void OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed) => calls.OnSourceEnded(this, source, completed);
}
