using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MediaCore.Control.Services;
using MediaCore.Control.V1;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>
/// One line for every command that changes something, by whom, what, on which call or piece of the configuration, with which outcome; for unary calls, for the commands of sessions, and for the beginning of other
/// streams. Nothing of what was dialled,
/// typed or said is in it.
/// </summary>
public sealed class AuditInterceptor(ILoggerFactory loggers) : Interceptor
{
    /// <summary>Category of the lines.</summary>
    public const string Category = "MediaCore.Audit";

    /// <summary>Commands of a session whose replies are awaited; of more, the line has no verb.</summary>
    private const int MaxAwaited = 4096;

    private readonly AuditLog _audit = new(loggers);

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(continuation);
        if (!MethodScopes.IsChanging(context.Method))
        {
            return await continuation(request, context).ConfigureAwait(false);
        }

        AuditSubject subject = AuditSubject.Of(request as IMessage);
        string outcome = "failed";
        try
        {
            TResponse response = await continuation(request, context).ConfigureAwait(false);
            outcome = "ok";
            subject = response is CommandReply reply ? subject.WithCall(reply.CallId) : subject;
            return response;
        }
        catch (RpcException exception)
        {
            outcome = exception.StatusCode.ToString();
            throw;
        }
        finally
        {
            Write(context, context.Method, subject, outcome);
        }
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        ArgumentNullException.ThrowIfNull(context);
        if (requestStream is IAsyncStreamReader<AudioRequest> spoken && responseStream is IServerStreamWriter<AudioResponse> heard)
        {
            AuditedStart start = new(spoken);
            object audited = new AuditedStarted(heard, () => Write(context, context.Method, start.Subject, "ok"));
            return AuditAsync(continuation((IAsyncStreamReader<TRequest>)(object)start, (IServerStreamWriter<TResponse>)audited, context), start, context);
        }

        if (requestStream is not IAsyncStreamReader<SessionRequest> requests || responseStream is not IServerStreamWriter<SessionResponse> responses)
        {
            return continuation(requestStream, responseStream, context);
        }

        ConcurrentDictionary<string, (string Verb, AuditSubject Subject)> awaited = new(StringComparer.Ordinal);
        object reader = new AuditedRequests(requests, awaited);
        object writer = new AuditedReplies(responses, awaited, (verb, subject, outcome) => Write(context, verb, subject, outcome));
        return continuation((IAsyncStreamReader<TRequest>)reader, (IServerStreamWriter<TResponse>)writer, context);
    }

    /// <summary>A stream of sound that was refused, or has ended for a reason of ours.</summary>
    private async Task AuditAsync(Task stream, AuditedStart start, ServerCallContext context)
    {
        try
        {
            await stream.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            Write(context, context.Method, start.Subject, exception.StatusCode.ToString());
            throw;
        }
    }

    private void Write(ServerCallContext context, string method, AuditSubject subject, string outcome) => _audit.Write(context.GetHttpContext(), ControlIdentity.Of(context), method, subject, outcome);

    /// <summary>Whose sound a stream wants.</summary>
    private sealed class AuditedStart(IAsyncStreamReader<AudioRequest> inner) : IAsyncStreamReader<AudioRequest>
    {
        public AuditSubject Subject { get; private set; }

        public AudioRequest Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool any = await inner.MoveNext(cancellationToken).ConfigureAwait(false);
            if (any && Subject.Call is null && inner.Current.Start is { } start)
            {
                Subject = AuditSubject.Of(start);
            }

            return any;
        }
    }

    private sealed class AuditedStarted(IServerStreamWriter<AudioResponse> inner, Action started) : IServerStreamWriter<AudioResponse>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(AudioResponse message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(AudioResponse message, CancellationToken cancellationToken)
        {
            if (message.Started is not null)
            {
                started();
            }

            return inner.WriteAsync(message, cancellationToken);
        }
    }

    private sealed class AuditedRequests(IAsyncStreamReader<SessionRequest> inner, ConcurrentDictionary<string, (string Verb, AuditSubject Subject)> awaited) : IAsyncStreamReader<SessionRequest>
    {
        public SessionRequest Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await inner.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            if (inner.Current.Command is { } command && command.VerbCase != Command.VerbOneofCase.None && awaited.Count < MaxAwaited)
            {
                OneofDescriptor verbs = Command.Descriptor.Oneofs[0];
                var verb = (IMessage?)verbs.Accessor.GetCaseFieldDescriptor(command)?.Accessor.GetValue(command);
                if (verb?.Descriptor.FindFieldByName("target")?.Accessor.GetValue(verb) is Target { CommandId.Length: > 0 } target)
                {
                    awaited[target.CommandId] = ($"Session/{command.VerbCase}", AuditSubject.Of(verb));
                }
            }

            return true;
        }
    }

    private sealed class AuditedReplies(
        IServerStreamWriter<SessionResponse> inner,
        ConcurrentDictionary<string, (string Verb, AuditSubject Subject)> awaited,
        Action<string, AuditSubject, string> write) : IServerStreamWriter<SessionResponse>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(SessionResponse message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(SessionResponse message, CancellationToken cancellationToken)
        {
            if (message.Reply is { } reply)
            {
                (string verb, AuditSubject subject) = awaited.TryRemove(reply.CommandId, out (string Verb, AuditSubject Subject) known) ? known : ("Session", new AuditSubject { Command = AuditSubject.Show(reply.CommandId) });
                write(verb, subject.WithCall(reply.CallId), reply.Status == CommandReply.Types.Status.Accepted ? "ok" : reply.Status.ToString());
            }

            return inner.WriteAsync(message, cancellationToken);
        }
    }
}
