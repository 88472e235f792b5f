using MediaCore.Engine.Control;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What an owner records, until he has said what becomes of it. Whatever he does then, the recording itself goes: a greeting and a comment are copies.</summary>
internal sealed class BoxTake(BoxMenuActivity menu)
{
    private RecordingInfo? _recorded;
    private Action<RecordingInfo?> _keep = static _ => { };
    private BoxPlace _back;

    /// <summary>Records something.</summary>
    /// <param name="keep">What is done with it when it is to be kept.</param>
    /// <param name="back">Where he is when it is not.</param>
    public void Record(Action<RecordingInfo?> keep, BoxPlace back)
    {
        (_keep, _back) = (keep, back);
        RecordAgain();
    }

    /// <summary>Records it anew.</summary>
    public void RecordAgain()
    {
        Drop();
        menu.Lead(new TakeActivity(menu.Text(BoxPhrase.Record), menu.Recordings));
    }

    /// <summary>It was recorded, or could not be.</summary>
    public void OnRecorded(TakeActivity take, in ActivityResult result)
    {
        _recorded = take.Recording;
        if (_recorded is null)
        {
            menu.Trouble(result.Detail);
        }
        else
        {
            menu.Enter(BoxPlace.Review);
        }
    }

    /// <summary>Plays it.</summary>
    public void Play()
    {
        menu.Say(new RecordedMedia(_recorded!.File));
        menu.Enter(BoxPlace.Review);
    }

    /// <summary>It is what he wants.</summary>
    public void Keep()
    {
        RecordingInfo? recorded = _recorded;
        _recorded = null;
        _keep(recorded);
    }

    /// <summary>He does not want it.</summary>
    public void Cancel()
    {
        Drop();
        menu.Enter(_back);
    }

    /// <summary>Lets go of what was not kept.</summary>
    public void Drop()
    {
        LetGo(_recorded);
        _recorded = null;
    }

    /// <summary>Does something with a recording, and lets go of it then. Goes on when the call has ended meanwhile.</summary>
    public async Task<T> UseAsync<T>(RecordingInfo? recorded, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        finally
        {
            LetGo(recorded);
        }
    }

    private void LetGo(RecordingInfo? recorded)
    {
        if (recorded is not null)
        {
            menu.Recordings.LetGo(recorded);
        }
    }
}
