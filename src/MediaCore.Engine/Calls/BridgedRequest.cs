using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>A request of a party that is bridged with one of another shard, until that shard tells the answer. Holds its call until then.</summary>
internal sealed class BridgedRequest : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public BridgedRequest(BackToBackUserAgent calls, Leg leg, ServerTransaction asked, SipMethod method, uint number)
    {
        _calls = calls;
        Leg = leg;
        Asked = asked;
        Method = method;
        Number = number;
        Deadline = new OwnedTimer(this);
    }

    /// <summary>Who asked.</summary>
    public Leg Leg { get; }

    /// <summary>The asking party's transaction.</summary>
    public ServerTransaction Asked { get; }

    /// <summary>What is asked.</summary>
    public SipMethod Method { get; }

    /// <summary>Tells it from others of the leg.</summary>
    public uint Number { get; }

    /// <summary>When the asking party is answered without the other's answer.</summary>
    public OwnedTimer Deadline { get; }

    public void OnTimer(OwnedTimer timer) => _calls.AnswerBridged(this, 504);
}
