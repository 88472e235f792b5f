using System.Collections.Concurrent;
using System.Net;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>A called party that answers every call at once and says what became of each.</summary>
internal sealed class AnsweringPeer : IAsyncDisposable
{
    private readonly SipPeer _peer;
    private readonly ConcurrentDictionary<string, SipDialog> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<SipText>> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _answered = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<SipText> _refused = new();
    private readonly Predicate<SipText> _accepts;

    /// <param name="accepts">Calls that it answers, else all; the others are busy.</param>
    /// <param name="mediaPort">Port in its answers.</param>
    public AnsweringPeer(Predicate<SipText>? accepts = null, int mediaPort = 40_002)
    {
        _accepts = accepts ?? (static _ => true);
        _peer = new SipPeer(new IPEndPoint(IPAddress.Loopback, 0))
        {
            AtOnce = message =>
            {
                Handle(message, mediaPort);
                return true;
            },
        };
    }

    public IPEndPoint Local => _peer.Local;

    /// <summary>Where it sends; known only once the server that calls it is started.</summary>
    public IPEndPoint Server
    {
        get => _peer.Server;
        set => _peer.Server = value;
    }

    /// <summary>INVITEs that were refused.</summary>
    public IReadOnlyCollection<SipText> Refused => _refused;

    /// <summary>Calls that were answered.</summary>
    public int Calls => _calls.Count;

    /// <summary>Calls whose 200 was acknowledged.</summary>
    public int Acknowledged => _answered.Count;

    /// <summary>Calls that the server hung up.</summary>
    public int HungUp => _ends.Values.Count(static e => e.Task.IsCompleted);

    /// <summary>The BYEs received, by Call-ID.</summary>
    public IEnumerable<SipText> Byes => _ends.Values.Where(static e => e.Task.IsCompletedSuccessfully).Select(static e => e.Task.Result);

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private void Handle(SipText message, int mediaPort)
    {
        if (!message.IsRequest)
        {
            return;
        }

        switch (message.Method)
        {
            case "INVITE" when !_accepts(message):
                _refused.Enqueue(message);
                SipDialog.From(_peer, message).Respond(message, 486, "Busy Here");
                break;
            case "INVITE":
                SipDialog call = _calls.GetOrAdd(message.CallId, static (_, a) => SipDialog.From(a._peer, a.message), (_peer, message));
                call.Respond(message, 200, "OK", SdpText.Audio(mediaPort));
                break;
            case "ACK" when _calls.ContainsKey(message.CallId):
                _answered.TryAdd(message.CallId, "");
                break;
            case "BYE" when _calls.TryGetValue(message.CallId, out SipDialog? ended):
                ended.Respond(message, 200, "OK");
                _ends.GetOrAdd(message.CallId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(message);
                break;
            default:
                break;
        }
    }
}
