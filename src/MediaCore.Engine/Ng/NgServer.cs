using System.Net;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Ng;

/// <summary>
/// The socket of the ng protocol and the one thread that reads from it and writes to it. It parses, remembers answers by cookie, and hands each request to the shard of its session; answers
/// come back by a mailbox. What a request costs a shard is no more than carrying it out.
/// </summary>
internal sealed class NgServer : IDisposable
{
    private const int MaxDatagramsPerTurn = 64;

    /// <summary>The receive buffer asked for: bursts of a proxy's workers wait there.</summary>
    private const int ReceiveBufferBytes = 1024 * 1024;

    private readonly NgOptions _options;
    private readonly Shard[] _shards;
    private readonly SipHashKey _hashKey;
    private readonly EventPoller _poller = new();
    private readonly UdpSocket _socket;
    private readonly Mailbox<NgReply> _replies;
    private readonly NgAnswerMemory _memory = new();
    private readonly byte[] _buffer = new byte[NgLimits.MaxMessageBytes + 1];
    private readonly ReadyEvent[] _events = new ReadyEvent[4];
    private readonly CountdownEvent _preparations = new(1);
    private readonly PromptStore? _prompts;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);
    private readonly Thread _thread;
    private readonly ILogger _log;
    private readonly Timestamp _started = MonotonicClock.Now;
    private volatile bool _stopping;
    private bool _hasLoggedSource;
    private int _pending;

    /// <summary>Binds the socket.</summary>
    /// <exception cref="Transport.SocketBindException">The address cannot be bound.</exception>
    public NgServer(NgOptions options, Shard[] shards, SipHashKey hashKey, ILogger log, PromptStore? prompts = null)
    {
        _options = options;
        _shards = shards;
        _hashKey = hashKey;
        _log = log;
        _prompts = prompts;
        _replies = new Mailbox<NgReply>(NgLimits.MaxPending, _poller);
        _socket = UdpSocket.Bind(options.Listen, new UdpSocketOptions { ReceiveBufferBytes = ReceiveBufferBytes });
        _poller.Add(_socket.Descriptor, ReadyEvent.MakeToken(1, 0));
        _thread = new Thread(Run) { IsBackground = true, Name = "ng" };
    }

    /// <summary>Where it listens.</summary>
    public NetworkEndpoint Local => _socket.LocalEndpoint;

    /// <summary>What was counted.</summary>
    public NgStatistics Statistics { get; } = new();

    /// <summary>Completes with a fault when the thread dies, which is a defect.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        NgLog.Listening(_log, Local.ToString());
        _thread.Start();
    }

    /// <summary>An answer; any thread. One that finds no room is lost, as a datagram may be: its request is new when it comes again.</summary>
    public void Post(in NgReply reply) => _replies.TryPost(reply);

    /// <summary>Stops the thread and closes the socket.</summary>
    public void Dispose()
    {
        _stopping = true;
        _poller.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        // They post here: none may after the mailbox is gone.
        _stop.Cancel();
        _preparations.Signal();
        _preparations.Wait(CancellationToken.None);
        _preparations.Dispose();
        _stop.Dispose();

        _socket.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                while (_replies.TryTake(out NgReply reply))
                {
                    Finish(reply);
                }

                _poller.Wait(_events, TimeSpan.FromSeconds(1));
                for (int i = 0; i < MaxDatagramsPerTurn && _socket.TryReceive(_buffer, out int length, out NetworkEndpoint source); i++)
                {
                    Receive(_buffer.AsSpan(0, length), source);
                }
            }

            Stopped.TrySetResult();
        }
        catch (Exception exception)
        {
            NgLog.Died(_log, exception);
            Stopped.TrySetException(exception);
        }
    }

    private void Receive(ReadOnlySpan<byte> datagram, in NetworkEndpoint source)
    {
        if (!MayAsk(source))
        {
            Statistics.RefusedSources++;
            if (!_hasLoggedSource)
            {
                _hasLoggedSource = true;
                NgLog.SourceRefused(_log, source.ToString());
            }

            return;
        }

        NgMessageStatus status = NgMessage.Parse(datagram, out NgMessage message);
        if (status == NgMessageStatus.NoCookie)
        {
            Statistics.Malformed++;
            return;
        }

        if (!_memory.TryBegin(message.Cookie, source, MonotonicClock.Now, out byte[]? answered))
        {
            Statistics.Repeated++;
            if (answered is not null)
            {
                _socket.TrySend(answered, source);
            }

            return;
        }

        if (status == NgMessageStatus.Malformed)
        {
            Statistics.Malformed++;
            Send(message, source, NgAnswers.Error("Could not decode dictionary"));
            return;
        }

        NgRequest request = NgRequestReader.Read(message.Content);
        Statistics.Requests[(int)request.Command]++;
        LogUnknown(request);
        Begin(new NgExchange(this, message, request, source));
    }

    private void Begin(NgExchange exchange)
    {
        NgRequest request = exchange.Request;
        switch (request.Command)
        {
            case var _ when request.Error is { } error:
                Finish(exchange, NgAnswers.Error(error));
                break;
            case NgCommand.Ping:
                Finish(exchange, NgAnswers.With("pong"));
                break;
            case NgCommand.Statistics:
                Finish(exchange, Statistics.Describe([.. _shards.Select(static s => s.Context.Statistics)], MonotonicClock.Now - _started));
                break;
            case NgCommand.List:
                exchange.Awaited = _shards.Length;
                foreach (Shard shard in _shards)
                {
                    Hand(exchange, shard);
                }

                break;
            case var _ when NgClips.IsNeeded(request):
                Prepare(exchange);
                break;
            default:
                Hand(exchange, _shards[GetShard(request.CallId, _shards.Length, _hashKey)]);
                break;
        }
    }

    /// <summary>The shard that a session is on.</summary>
    public static int GetShard(string callId, int count, SipHashKey key)
    {
        Span<byte> bytes = stackalloc byte[NgLimits.MaxIdentifierBytes];
        return (int)(SipHash24.Hash(bytes[..System.Text.Encoding.Latin1.GetBytes(callId, bytes)], key) % (ulong)count);
    }

    /// <summary>Files are read and decoded elsewhere; the exchange comes back by the mailbox, without an answer.</summary>
    private void Prepare(NgExchange exchange)
    {
        // One is the server's own, until it is disposed.
        if (_preparations.CurrentCount > NgLimits.MaxPreparations)
        {
            Finish(exchange, NgAnswers.Error("Too many files are being read; try again"));
            return;
        }

        _pending++;
        _preparations.AddCount();
        _ = PrepareAsync(exchange);
    }

    private async Task PrepareAsync(NgExchange exchange)
    {
        try
        {
            await NgClips.PrepareAsync(exchange.Request, _prompts, _stop.Token);
            Post(new NgReply(exchange, null));
        }
        finally
        {
            _preparations.Signal();
        }
    }

    private void Hand(NgExchange exchange, Shard shard)
    {
        if (_pending < NgLimits.MaxPending && shard.TryPost(new ShardItem { Kind = ShardItemKind.Ng, Ng = exchange }))
        {
            _pending++;
            return;
        }

        // Asked again in a moment it finds room.
        Statistics.Overflowed++;
        _memory.Cancel(exchange.Message.Cookie, exchange.Source);
    }

    private void Finish(in NgReply reply)
    {
        _pending--;
        NgExchange exchange = reply.Exchange;
        if (reply.Answer is null)
        {
            Begin(exchange);
            return;
        }

        if (exchange.Request.Command != NgCommand.List)
        {
            Finish(exchange, reply.Answer);
            return;
        }

        NgDictionary total = exchange.Answer ??= new NgDictionary { ["result"] = "ok", ["calls"] = NgValue.Of(new List<NgValue>()) };
        var calls = (List<NgValue>)total["calls"]!.Items;
        int room = Math.Min(exchange.Request.Limit, NgLimits.MaxListed) - calls.Count;
        calls.AddRange(reply.Answer["calls"]!.Items.Take(Math.Max(0, room)));
        if (--exchange.Awaited == 0)
        {
            Finish(exchange, total);
        }
    }

    private void Finish(NgExchange exchange, NgDictionary answer)
    {
        if (answer["result"]?.Text is not ("ok" or "pong"))
        {
            Statistics.Errors[(int)exchange.Request.Command]++;
        }

        Send(exchange.Message, exchange.Source, answer);
    }

    private void Send(NgMessage message, in NetworkEndpoint source, NgDictionary answer)
    {
        byte[] bytes = new NgMessage(message.Cookie, message.IsJson, answer).Write();
        if (bytes.Length > NgLimits.MaxMessageBytes)
        {
            bytes = new NgMessage(message.Cookie, message.IsJson, NgAnswers.Error("The answer is too long for a datagram")).Write();
        }

        _memory.Complete(message.Cookie, source, bytes);
        _socket.TrySend(bytes, source);
    }

    private bool MayAsk(in NetworkEndpoint source)
    {
        if (source.IsLoopback)
        {
            return true;
        }

        if (_options.Allow.Count == 0)
        {
            return false;
        }

        IPAddress address = source.ToIPAddress();
        return _options.Allow.Any(network => network.Contains(address));
    }

    private void LogUnknown(NgRequest request)
    {
        foreach (string word in request.UnknownWords)
        {
            if (_logged.Count < NgLimits.MaxLoggedFlags && _logged.Add(word))
            {
                NgLog.WordUnknown(_log, string.Concat(word.Select(static c => c is >= ' ' and <= '~' ? c : '?')));
            }
        }
    }
}
