using Grpc.Core;
using MediaCore.Control.Controllers;
using MediaCore.Control.Mapping;
using MediaCore.Control.Streaming;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Services;

/// <summary>The service AudioStreams: live sound of a leg for a client, both ways.</summary>
internal sealed class AudioStreamsService(
    IStreamControl streams, CommandGate gate, ControllerRegistry registry, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<AudioStreamsService> logger) : AudioStreams.AudioStreamsBase
{
    /// <summary>How often an open stream renews the lease of its controller: twice before it runs out.</summary>
    private static readonly TimeSpan s_renewal = ControlServiceLimits.UnaryLease / 3;

    private readonly AudioPlaces _places = new(ControlServiceLimits.MaxAudioStreams, ControlServiceLimits.MaxAudioStreamsPerController);

    /// <inheritdoc/>
    public override async Task Connect(IAsyncStreamReader<AudioRequest> requestStream, IServerStreamWriter<AudioResponse> responseStream, ServerCallContext context)
    {
        if (!AudioTerms.TryRead(await FirstMessage.ReadAsync(requestStream, "A stream's first message, start,", context.CancellationToken), out AudioTerms? terms, out string? problem))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }

        string name = ControllerName.Of(context, out bool isNamed);
        Requester who = new(name, Epoch: 0, !isNamed && ControlIdentity.Of(context).IsOperator);
        using IDisposable looking = await registry.LookAsync(context.CancellationToken);
        if (gate.IsForbidden(who, terms.CallId))
        {
            throw new RpcException(new Status(StatusCode.NotFound, CommandGate.NoCall));
        }

        if (!_places.TryEnter(name, out problem))
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, problem));
        }

        ControlMetrics.AudioStreams.Add(1);
        try
        {
            await RunAsync(terms, who, requestStream, responseStream, context.CancellationToken);
        }
        finally
        {
            ControlMetrics.AudioStreams.Add(-1);
            _places.Leave(name);
        }
    }

    private async Task RunAsync(AudioTerms terms, Requester who, IAsyncStreamReader<AudioRequest> requests, IServerStreamWriter<AudioResponse> responses, CancellationToken cancellation)
    {
        using AudioStream stream = new(terms.Options);
        Engine.Control.CommandReply reply = await streams.AttachAsync(terms.CallId, terms.LegId, stream, cancellation);
        if (!reply.IsAccepted)
        {
            throw new RpcException(new Status(EnumMapping.ToStatusCode(reply.Status), reply.Problem));
        }

        await using ITimer renewal = time.CreateTimer(_ => registry.Renew(who.Controller), null, TimeSpan.Zero, s_renewal);
        using AudioConnection connection = new(terms, stream, who, gate, time, requests, responses);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        string reason = "its leg has ended";
        try
        {
            await responses.WriteAsync(
                new AudioResponse { Started = new AudioStarted { LegId = reply.LegId, Codec = terms.Codec, SampleRateHz = terms.Options.SampleRateHz } }, ended.Token);
            await connection.RunAsync(ended.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            reason = "the server stops";
            throw new RpcException(new Status(StatusCode.Unavailable, "The server stops."));
        }
        catch (OperationCanceledException)
        {
            reason = "its client is gone";
            throw;
        }
        catch (RpcException exception)
        {
            reason = exception.Status.Detail;
            throw;
        }
        finally
        {
            ControlLog.AudioStreamEnded(logger, reply.LegId!, who.Controller, reason, connection.DroppedOut, connection.DroppedIn);
        }
    }
}
