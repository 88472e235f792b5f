using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Transport.Polling;
using Timestamp = MediaCore.Primitives.Timestamp;

namespace MediaCore.LoadTests.Control;

/// <summary>The one session: writes commands in their order, and checks what comes for each call.</summary>
internal sealed class ControlSession(AsyncDuplexStreamingCall<SessionRequest, SessionResponse> stream, ConcurrentDictionary<string, DrivenCall> calls)
{
    /// <summary>The shortest digit and pause that there are: 200 ms.</summary>
    private static readonly Duration s_digit = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100));

    private readonly Channel<SessionRequest> _requests = Channel.CreateUnbounded<SessionRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, DrivenCall> _byCallId = new(StringComparer.Ordinal);
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;
    private long _events;

    /// <summary>The calls, by user.</summary>
    public ConcurrentDictionary<string, DrivenCall> Calls { get; } = calls;

    /// <summary>Calls whose end was told.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Events that came.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>What should not have come, and how often.</summary>
    public Dictionary<string, int> Problems { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens it.</summary>
    public async Task OpenAsync()
    {
        Write(new SessionRequest { Open = new Open { Controller = "load", OnLost = ReleasePolicy.HangUp } });
        await _opened.Task;
    }

    /// <summary>Writes what is queued, until <see cref="Complete"/>.</summary>
    public async Task WriteAllAsync()
    {
        await foreach (SessionRequest request in _requests.Reader.ReadAllAsync())
        {
            await stream.RequestStream.WriteAsync(request);
        }

        await stream.RequestStream.CompleteAsync();
    }

    /// <summary>Reads until the server ends it.</summary>
    public async Task ReadAllAsync()
    {
        while (await stream.ResponseStream.MoveNext(CancellationToken.None))
        {
            SessionResponse response = stream.ResponseStream.Current;
            switch (response.KindCase)
            {
                case SessionResponse.KindOneofCase.Opened:
                    _opened.SetResult();
                    break;
                case SessionResponse.KindOneofCase.Reply:
                    Take(response.Reply);
                    break;
                default:
                    Take(response.Event);
                    break;
            }
        }
    }

    /// <summary>Begins a call by a trunk.</summary>
    /// <param name="serial">Which one.</param>
    /// <param name="trunk">Where to.</param>
    /// <param name="dueAt">When it is to begin: its time counts from there, so that a server that reads nothing for a while has kept all the calls waiting that it did, and not one of them.</param>
    public void Originate(long serial, string trunk, Timestamp dueAt)
    {
        DrivenCall call = new(serial, string.Create(CultureInfo.InvariantCulture, $"{_run}-{serial}")) { OriginatedAt = dueAt };
        Calls[call.User] = call;
        _byCallId[call.CallId] = call;
        Send(call, "originate", target => new Command
        {
            Originate = new OriginateRequest { Target = target, Destinations = { new Destination { Trunk = new TrunkNumber { Trunk = trunk, Number = call.User } } }, CallerNumber = "100" },
        });
    }

    /// <summary>No more commands come.</summary>
    public void Complete() => _requests.Writer.Complete();

    private void Send(DrivenCall call, string verb, Func<Target, Command> make)
    {
        string commandId = $"{call.CallId}:{verb}";
        lock (call)
        {
            call.Commands.Add(commandId, default);
        }

        Write(new SessionRequest { Command = make(new Target { CallId = call.CallId, CommandId = commandId }) });
    }

    private void Write(SessionRequest request) => _requests.Writer.TryWrite(request);

    private void Take(CommandReply reply)
    {
        if (reply.Status != CommandReply.Types.Status.Accepted)
        {
            Blame($"{reply.CommandId[(reply.CommandId.IndexOf(':', StringComparison.Ordinal) + 1)..]} refused: {reply.Status} {reply.Problem}");
        }

        if (!_byCallId.TryGetValue(reply.CallId.Length > 0 ? reply.CallId : reply.CommandId.Split(':')[0], out DrivenCall? call))
        {
            Blame("reply of an unknown call");
            return;
        }

        Count(call, reply.CommandId, replies: 1, ends: 0);
        if (reply.Status != CommandReply.Types.Status.Accepted && !call.IsEnded && reply.CommandId.EndsWith(":originate", StringComparison.Ordinal))
        {
            End(call);
        }
    }

    private void Take(Event told)
    {
        Interlocked.Increment(ref _events);
        if (told.KindCase == Event.KindOneofCase.Overrun)
        {
            Blame($"overrun: {told.Overrun.Missed} events missed");
            return;
        }

        if (!_byCallId.TryGetValue(told.CallId, out DrivenCall? call))
        {
            Blame($"{told.KindCase} of an unknown call");
            return;
        }

        if (told.Sequence != call.Sequence + 1)
        {
            Blame("an event's number does not follow that of the one before");
        }

        if (call.IsEnded)
        {
            Blame($"{told.KindCase} after the end");
        }

        call.Sequence = told.Sequence;
        switch (told.KindCase)
        {
            case Event.KindOneofCase.LegChanged when told.LegChanged.Phase == LegPhase.Answered:
                call.IsAnswered = true;
                break;
            case Event.KindOneofCase.CommandEnded:
                OnEnded(call, told.CommandEnded);
                break;
            case Event.KindOneofCase.CallEnded:
                End(call);
                break;
            default:
                break;
        }
    }

    private void OnEnded(DrivenCall call, CommandEnded ended)
    {
        Count(call, ended.CommandId, replies: 0, ends: 1);
        if (ended.Outcome != CommandEnded.Types.Outcome.Completed)
        {
            Blame($"a command has ended {ended.Outcome}: {ended.Problem}");
        }
        else if (ended.CommandId.EndsWith(":originate", StringComparison.Ordinal))
        {
            Send(call, "digits", static target => new Command { SendDtmf = new SendDtmfRequest { Target = target, Digits = "5", Duration = s_digit, Gap = s_digit } });
        }
        else if (ended.CommandId.EndsWith(":digits", StringComparison.Ordinal))
        {
            call.HungUpAt = MonotonicClock.Now;
            Send(call, "hangup", static target => new Command { Hangup = new HangupRequest { Target = target } });
        }
    }

    private void End(DrivenCall call)
    {
        call.IsEnded = true;
        Interlocked.Increment(ref _ended);
    }

    private void Count(DrivenCall call, string commandId, int replies, int ends)
    {
        lock (call)
        {
            if (!call.Commands.TryGetValue(commandId, out (int Replies, int Ends) so))
            {
                Blame("a word on a command that was not sent");
                return;
            }

            if (ends > 0 && so.Replies == 0)
            {
                Blame("a command's end before its reply");
            }

            call.Commands[commandId] = (so.Replies + replies, so.Ends + ends);
        }
    }

    private void Blame(string problem) => Problems[problem] = Problems.GetValueOrDefault(problem) + 1;
}
