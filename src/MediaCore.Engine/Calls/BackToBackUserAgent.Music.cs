using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Prompts;

namespace MediaCore.Engine.Calls;

/// <summary>Music for the one whom the other side holds.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>
    /// What was negotiated has changed: music begins for who is held, and ends for who is not any more. Who holds as well hears nothing, so that two held sides never send music to each other; and the music takes the
    /// place of what the holder sends, so that nobody hears two.
    /// </summary>
    private void SettleMusic(Call call)
    {
        if (_context.Options.MusicOnHold == MusicOnHold.None || call.Connected is not { } connected || call.State != CallState.Answered || call.PassesMedia)
        {
            return;
        }

        SettleMusic(call, call.Caller, connected);
        SettleMusic(call, connected, call.Caller);
    }

    private void SettleMusic(Call call, Leg listener, Leg holder)
    {
        bool hears = listener.Media.Audio?.Source is ClipSource { IsMusic: true };
        if (listener.Ties is { IsHeld: true })
        {
            // By command: it hears music whatever the other does.
            return;
        }

        bool wanted = holder.Remote.IsHold && !listener.Remote.IsHold && FindTrunk(listener) is not { MusicOnHold: false };
        if (hears == wanted)
        {
            return;
        }

        if (!wanted)
        {
            _ = _media.StopPlaying(listener.Media);
            return;
        }

        // What is played already, an announcement, goes on; the music begins with the next hold.
        if (listener.Media.Audio?.Source is null && FindMusic(call) is { } music)
        {
            _ = _media.Play(listener.Media, new ClipSource(music, ClipSource.Endless) { IsMusic = true }, SourceMode.Exclusive);
        }
    }

    /// <summary>Who was answered by us and then refused hears why, before the call ends; false when there is nothing to be heard.</summary>
    private bool TryPlayRefusal(Call call)
    {
        if (_context.Options.RefusalTone == TimeSpan.Zero || call.BestStatus < 400)
        {
            return false;
        }

        bool isBusy = call.BestStatus is 486 or 600;

        // Once: at the tone's end the plan is at its end again.
        call.BestStatus = 0;
        StartClip(call.Caller, isBusy ? _context.Tones.Busy : _context.Tones.Congestion, loop: false);
        return call.Caller.Media.Port is not null;
    }

    private AudioClip? FindMusic(Call call)
    {
        PromptSource file = _context.Options.MusicFile;
        if (_context.Options.MusicOnHold == MusicOnHold.Generated || _context.Services.Prompts is not { } prompts)
        {
            return GeneratedMusic.Clip;
        }

        if (prompts.TryGetCached(file, out AudioClip? clip))
        {
            return clip;
        }

        _context.Output.FetchPrompt(file, call.Handle);
        return null;
    }
}
