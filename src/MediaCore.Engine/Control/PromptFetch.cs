using MediaCore.Audio.Prompts;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Prompts;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>A prompt that a playback waits for: fetched off the shard, and back by its mailbox.</summary>
internal sealed class PromptFetch(PromptSource prompt, SessionHandle call, Playback playback) : ControlExchange
{
    /// <summary>What is fetched.</summary>
    public PromptSource Prompt { get; } = prompt;

    /// <summary>Whose playback it is, should that call still be there.</summary>
    public SessionHandle Call { get; } = call;

    /// <summary>Who waits.</summary>
    public Playback Playback { get; } = playback;

    /// <summary>The clip; null when it could not be had.</summary>
    public AudioClip? Clip { get; set; }

    /// <summary>Why not.</summary>
    public string Problem { get; set; } = "";

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnPromptFetched(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // The playback ends with its command's stop or with its call.
    }
}
