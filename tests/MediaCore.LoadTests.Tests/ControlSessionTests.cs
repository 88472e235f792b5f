using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.LoadTests.Control;
using MediaCore.Transport.Polling;
using Timestamp = MediaCore.Primitives.Timestamp;

namespace MediaCore.LoadTests.Tests;

public sealed class ControlSessionTests
{
    [Fact]
    public async Task CommandsThatTheServerDoesNotRead_CountFromWhenTheyWereDue()
    {
        StalledWriter writer = new();
        Channel<SessionResponse> responses = Channel.CreateUnbounded<SessionResponse>();
        using AsyncDuplexStreamingCall<SessionRequest, SessionResponse> stream = new(writer, new ChannelReader(responses.Reader), Task.FromResult(new Metadata()), static () => Status.DefaultSuccess, static () => [], static () => { });
        ControlSession session = new(stream, new ConcurrentDictionary<string, DrivenCall>(StringComparer.Ordinal));
        Task writing = session.WriteAllAsync();
        Task reading = session.ReadAllAsync();

        // The first is under way for as long as the server reads nothing; the others wait behind it.
        Timestamp start = MonotonicClock.Now;
        for (int i = 0; i < 3; i++)
        {
            session.Originate(i, "callees", start + TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal([.. Enumerable.Range(0, 3).Select(i => start + TimeSpan.FromMilliseconds(i))], session.Calls.Values.OrderBy(static c => c.User, StringComparer.Ordinal).Select(static c => c.OriginatedAt));

        // A hangup counts from its cause, the end of the digits.
        DrivenCall call = session.Calls["0"];
        foreach (string verb in (string[])["originate", "digits"])
        {
            await responses.Writer.WriteAsync(new SessionResponse { Reply = new CommandReply { CallId = call.CallId, CommandId = $"{call.CallId}:{verb}", Status = CommandReply.Types.Status.Accepted } });
            await responses.Writer.WriteAsync(new SessionResponse
            {
                Event = new Event { CallId = call.CallId, Sequence = verb == "originate" ? 1 : 2, CommandEnded = new CommandEnded { CommandId = $"{call.CallId}:{verb}", Outcome = CommandEnded.Types.Outcome.Completed } },
            });
        }

        responses.Writer.Complete();
        await reading;
        Assert.Empty(session.Problems);
        Assert.True(call.HungUpAt >= start && call.HungUpAt <= MonotonicClock.Now);
        Assert.Equal(0, writer.Written);

        writer.Resume();
        session.Complete();
        await writing;
        Assert.Equal(5, writer.Written);
    }

    /// <summary>Takes nothing until it is told to.</summary>
    private sealed class StalledWriter : IClientStreamWriter<SessionRequest>
    {
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Written { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public void Resume() => _resumed.SetResult();

        public async Task WriteAsync(SessionRequest message)
        {
            await _resumed.Task;
            Written++;
        }

        public Task CompleteAsync() => Task.CompletedTask;
    }

    private sealed class ChannelReader(ChannelReader<SessionResponse> responses) : IAsyncStreamReader<SessionResponse>
    {
        public SessionResponse Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool has = await responses.WaitToReadAsync(cancellationToken) && responses.TryRead(out SessionResponse? next) && (Current = next) is not null;
            return has;
        }
    }
}
