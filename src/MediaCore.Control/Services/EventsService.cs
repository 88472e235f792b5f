using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using Microsoft.Extensions.Hosting;
using V1Snapshot = MediaCore.Control.V1.CallSnapshot;

namespace MediaCore.Control.Services;

/// <summary>The service Events: a stream for each who looks on.</summary>
internal sealed class EventsService(ICallControl control, IPeerStates peers, EventHub hub, TimeProvider time, IHostApplicationLifetime lifetime) : V1.Events.EventsBase
{
    private int _subscribers;

    /// <inheritdoc/>
    public override async Task Subscribe(SubscribeRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        Problems problems = new();
        EventSelection selection = new(request.Filter, problems);
        long? resume = null;
        if (request.ResumeToken.Length > 0 && !hub.TryParseToken(request.ResumeToken, out resume))
        {
            problems.Add("resume_token is none of this server's: give the resume_token of the last event, or none.");
        }

        if (problems.First is { } problem)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }

        try
        {
            if (Interlocked.Increment(ref _subscribers) > ControlServiceLimits.MaxSubscribers)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"There are {ControlServiceLimits.MaxSubscribers} subscribers, as many as there may be."));
            }

            ControlMetrics.Subscribers.Add(1);
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
            using Subscription subscription = new(selection, ControlIdentity.Of(context), control, peers, hub, time, responseStream);
            try
            {
                await subscription.RunAsync(request, resume, ended.Token);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "The server stops; subscribe again, here or elsewhere."));
            }
            finally
            {
                ControlMetrics.Subscribers.Add(-1);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _subscribers);
        }
    }

    /// <summary>One stream.</summary>
    private sealed class Subscription(
        EventSelection selection, ControlIdentity identity, ICallControl control, IPeerStates peers, EventHub hub, TimeProvider time, IServerStreamWriter<Event> stream) : IDisposable
    {
        private readonly SnapshotMemory _snapshot = new();
        private EventReader? _events;

        /// <summary>Events of registrations before that position are part of what was told of them since, and so of trunks; what is told does not go back.</summary>
        private long _registrationsFrom;
        private long _trunksFrom;

        public void Dispose() => _events?.Dispose();

        public async Task RunAsync(SubscribeRequest request, long? resume, CancellationToken cancellation)
        {
            // Reading begins before the snapshot is taken: nothing falls between them.
            EventReader events = _events = hub.Read(resume, selection.WantsAny(EventKinds.Registrations));
            if (request.ResumeToken.Length > 0 && resume is null)
            {
                await WriteAsync(new Event { Overrun = new Overrun() }, cancellation);
                await TellAllAsync(cancellation);
            }
            else if (resume is not null)
            {
                // What is registered is told to those alone who listen, so it was not kept for who was away. Who has gone meanwhile is nowhere noted: it is who was not told when all were.
                if (selection.WantsAny(EventKinds.Registrations))
                {
                    await WriteAsync(new Event { RegistrationsTold = new RegistrationsTold { Registrations = await TellRegistrationsAsync(cancellation) } }, cancellation);
                }
            }
            else if (!request.NoSnapshot)
            {
                await TellAllAsync(cancellation);
            }

            while (true)
            {
                if (events.TryRead(out EventEntry? entry, out long missed))
                {
                    if (!IsTold(entry!) && selection.Wants(entry!) && identity.MaySee(entry!.Follower))
                    {
                        await stream.WriteAsync(entry.GetMessage(hub), cancellation);
                        ControlMetrics.Sent.Add(1);
                    }
                }
                else if (missed > 0)
                {
                    ControlMetrics.Overruns.Add(missed);
                    await WriteAsync(new Event { Overrun = new Overrun { Missed = missed } }, cancellation);
                    await TellAllAsync(cancellation);
                }
                else
                {
                    await events.Pulse.WaitAsync(cancellation);
                }
            }
        }

        private bool IsTold(EventEntry entry) => entry.Event switch
        {
            Engine.Control.Events.RegistrationChanged => entry.Position < _registrationsFrom,
            Engine.Control.Events.TrunkChanged => entry.Position < _trunksFrom,
            _ => _snapshot.IsKnown(entry),
        };

        private Task WriteAsync(Event told, CancellationToken cancellation)
        {
            told.ResumeToken = hub.GetToken(_events!.Position);
            told.At = DurationMapping.ToTimestamp(time.GetUtcNow());
            return stream.WriteAsync(told, cancellation);
        }

        private async Task TellAllAsync(CancellationToken cancellation)
        {
            SnapshotEnded ended = new() { Trunks = await TellTrunksAsync(cancellation), Registrations = await TellRegistrationsAsync(cancellation), Calls = await TellCallsAsync(cancellation) };
            await WriteAsync(new Event { SnapshotEnded = ended }, cancellation);
        }

        private Task<int> TellTrunksAsync(CancellationToken cancellation)
        {
            _trunksFrom = hub.Ring.Head;
            return TellAsync(selection.WantsAny(EventKinds.Trunks) ? peers.DescribeTrunks() : [], cancellation);
        }

        /// <summary>One after the other, as fast as they are read: however many there are, none is kept for it.</summary>
        private Task<int> TellRegistrationsAsync(CancellationToken cancellation)
        {
            // Whatever was published before has changed the list that is walked from here on.
            _registrationsFrom = hub.Ring.Head;
            return TellAsync(selection.WantsAny(EventKinds.Registrations) ? peers.DescribeRegistrations() : [], cancellation);
        }

        private async Task<int> TellAsync(IEnumerable<CallEvent> states, CancellationToken cancellation)
        {
            int told = 0;
            foreach (CallEvent state in states)
            {
                if (selection.Wants(new EventEntry(state, CallFacts.OfPeer(state))))
                {
                    await WriteAsync(EventMapping.ToEvent(state, resumeToken: ""), cancellation);
                    told++;
                }
            }

            return told;
        }

        private async Task<int> TellCallsAsync(CancellationToken cancellation)
        {
            int told = 0;
            string? after = null;
            do
            {
                CallPage page = await control.ListCallsAsync(new CallFilter { After = after, PageSize = ControlServiceLimits.SnapshotPageCalls }, cancellation);
                foreach (Engine.Control.CallSnapshot call in page.Calls)
                {
                    hub.Calls.Learn(call);
                    _snapshot.Add(call.CallId, call.Sequence);
                    if (selection.Wants(call) && identity.MaySee(call.Controller))
                    {
                        await WriteAsync(new Event { CallId = call.CallId, Sequence = call.Sequence, Snapshot = new V1Snapshot { Call = CallMapping.ToCall(call) } }, cancellation);
                        told++;
                    }
                }

                after = page.Next;
            }
            while (after is not null);
            _snapshot.End(hub.Ring.Head);
            return told;
        }
    }
}
