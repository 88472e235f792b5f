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
/// One line for every command that changes something, by whom, what, on which call, with which outcome; for unary calls and for the commands of sessions. Nothing of what was dialled,
/// typed or said is in it.
/// </summary>
public sealed class AuditInterceptor(ILoggerFactory loggers) : Interceptor
{
    /// <summary>Category of the lines.</summary>
    public const string Category = "MediaCore.Audit";

    /// <summary>Commands of a session whose replies are awaited; of more, the line has no verb.</summary>
    private const int MaxAwaited = 4096;

    /// <summary>Characters of identifiers that stand in a line.</summary>
    private const int MaxIdentifierLength = 64;

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(continuation);
        if (!MethodScopes.IsChanging(context.Method))
        {
            return await continuation(request, context).ConfigureAwait(false);
        }

        Target? target = TargetOf(request as IMessage);
        string call = target?.CallId ?? "";
        string outcome = "failed";
        try
        {
            TResponse response = await continuation(request, context).ConfigureAwait(false);
            outcome = "ok";
            call = response is CommandReply { CallId.Length: > 0 } reply ? reply.CallId : call;
            return response;
        }
        catch (RpcException exception)
        {
            outcome = exception.StatusCode.ToString();
            throw;
        }
        finally
        {
            Write(context, context.Method, call, target?.CommandId ?? "", outcome);
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
        if (requestStream is IAsyncStreamReader<AudioRequest> spoken && responseStream is IServerStreamWriter<AudioResponse> heard)
        {
            AuditedStart start = new(spoken);
            object audited = new AuditedStarted(heard, () => Write(context, context.Method, start.CallId, "", "ok"));
            return AuditAsync(continuation((IAsyncStreamReader<TRequest>)(object)start, (IServerStreamWriter<TResponse>)audited, context), start, context);
        }

        if (requestStream is not IAsyncStreamReader<SessionRequest> requests || responseStream is not IServerStreamWriter<SessionResponse> responses)
        {
            return continuation(requestStream, responseStream, context);
        }

        ConcurrentDictionary<string, (string Verb, string Call)> awaited = new(StringComparer.Ordinal);
        object reader = new AuditedRequests(requests, awaited);
        object writer = new AuditedReplies(responses, awaited, (verb, call, command, outcome) => Write(context, verb, call, command, outcome));
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
            Write(context, context.Method, start.CallId, "", exception.StatusCode.ToString());
            throw;
        }
    }

    private void Write(ServerCallContext context, string method, string call, string command, string outcome) =>
        AuthenticationLog.Audit(_logger, ControlIdentity.Of(context).Name, context.GetHttpContext().Connection.RemoteIpAddress, method, Cut(call), Cut(command), outcome);

    /// <summary>What a client chose is cut to a length that a line can have.</summary>
    private static string Cut(string text) => text.Length <= MaxIdentifierLength ? text : text[..MaxIdentifierLength];

    private static Target? TargetOf(IMessage? message)
    {
        FieldDescriptor? field = message?.Descriptor.FindFieldByName("target");
        return field?.Accessor.GetValue(message) as Target;
    }

    /// <summary>Whose sound a stream wants.</summary>
    private sealed class AuditedStart(IAsyncStreamReader<AudioRequest> inner) : IAsyncStreamReader<AudioRequest>
    {
        public string CallId { get; private set; } = "";

        public AudioRequest Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool any = await inner.MoveNext(cancellationToken).ConfigureAwait(false);
            if (any && CallId.Length == 0 && inner.Current.Start is { } start)
            {
                CallId = start.CallId;
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

    private sealed class AuditedRequests(IAsyncStreamReader<SessionRequest> inner, ConcurrentDictionary<string, (string Verb, string Call)> awaited) : IAsyncStreamReader<SessionRequest>
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
                if (TargetOf(verb) is { CommandId.Length: > 0 } target)
                {
                    awaited[target.CommandId] = ($"Session/{command.VerbCase}", target.CallId);
                }
            }

            return true;
        }
    }

    private sealed class AuditedReplies(
        IServerStreamWriter<SessionResponse> inner,
        ConcurrentDictionary<string, (string Verb, string Call)> awaited,
        Action<string, string, string, string> write) : IServerStreamWriter<SessionResponse>
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
                (string verb, string call) = awaited.TryRemove(reply.CommandId, out (string Verb, string Call) known) ? known : ("Session", "");
                write(verb, reply.CallId.Length > 0 ? reply.CallId : call, reply.CommandId, reply.Status == CommandReply.Types.Status.Accepted ? "ok" : reply.Status.ToString());
            }

            return inner.WriteAsync(message, cancellationToken);
        }
    }
}
