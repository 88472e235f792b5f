using System.Collections.Concurrent;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>Callers that place one call after the other: answered, acknowledged and hung up at once, as fast as the server goes along.</summary>
internal sealed class CallTraffic : IAsyncDisposable
{
    private readonly SipPeer _peer;
    private readonly string _number;
    private readonly ConcurrentDictionary<string, SipDialog> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _finished = new(StringComparer.Ordinal);
    private volatile bool _stopped;
    private int _refused;

    public CallTraffic(MediaCoreServer server, string number)
    {
        _number = number;
        _peer = new SipPeer(server.Udp)
        {
            AtOnce = message =>
            {
                Handle(message);
                return true;
            },
        };
    }

    /// <summary>Calls that the server refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Call-IDs of the callers' legs whose BYE got its 200.</summary>
    public ICollection<string> Finished => _finished.Keys;

    /// <summary>Begins with so many calls at a time.</summary>
    public void Start(int callers)
    {
        for (int i = 0; i < callers; i++)
        {
            PlaceNext();
        }
    }

    /// <summary>No call is begun any more.</summary>
    public void Stop() => _stopped = true;

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private void PlaceNext()
    {
        if (_stopped)
        {
            return;
        }

        SipDialog call = SipDialog.To(_peer, _number);
        _open[call.CallId] = call;
        call.SendInvite(SdpText.Audio(40_000));
    }

    private void Handle(SipText message)
    {
        if (message.IsRequest || message.Status < 200 || !_open.TryGetValue(message.CallId, out SipDialog? call))
        {
            return;
        }

        if (message.CSeqMethod == "INVITE")
        {
            call.TakeInviteResponse(message);
            if (message.Status < 300)
            {
                call.SendAck();
                call.SendBye();
                return;
            }

            Interlocked.Increment(ref _refused);
        }
        else if (message.Status == 200)
        {
            _finished[message.CallId] = true;
        }

        _open.TryRemove(message.CallId, out _);
        PlaceNext();
    }
}
