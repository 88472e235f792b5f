using MediaCore.Engine.Control;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>A command that waits for another call's shard to say what it needs to know (an attended transfer by command). The answer comes within milliseconds; a shard that cannot give one does not keep the command open.</summary>
internal sealed class CallQuestion : OpenCommand, ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public CallQuestion(BackToBackUserAgent calls, Call call, CallCommand command, Leg? leg)
        : base(command, leg)
    {
        _calls = calls;
        From = call.Handle;
        Limit = new OwnedTimer(this);
    }

    /// <summary>The call that asks.</summary>
    public SessionHandle From { get; }

    /// <summary>When the answer is no longer waited for.</summary>
    public OwnedTimer Limit { get; }

    public void OnTimer(OwnedTimer timer) => _calls.OnQuestionUnanswered(this);
}
