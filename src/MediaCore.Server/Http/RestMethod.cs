using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MediaCore.Server.Http;

/// <summary>A method of the API behind its path: makes a message of a request, calls the service through the interceptors that gRPC has, and writes what comes back.</summary>
internal abstract class RestMethod(MessageDescriptor request)
{
    /// <summary>Bytes of a request's body, as over gRPC.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    private const int MaxDepth = 32;

    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));
    private static readonly JsonFormatter s_formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    /// <summary>Serves a request.</summary>
    public abstract Task InvokeAsync(HttpContext http, ServerCallContext call);

    /// <summary>The message of a request: the fields in its path and its query, and those of its body, which is a JSON object.</summary>
    protected async Task<IMessage> ReadAsync(HttpContext http, bool withBody)
    {
        JsonObject fields = withBody && http.Request.Method is "POST" or "PUT" or "PATCH" ? await ReadBodyAsync(http) : [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Query)
        {
            Set(fields, name, values.ToArray());
        }

        // The way that HTTP has for it.
        if (http.Request.Headers.IfMatch.ToString() is { Length: > 0 } etag && request.FindFieldByName("etag") is not null)
        {
            fields["etag"] = etag.Trim('"');
        }

        foreach ((string name, object? value) in http.Request.RouteValues)
        {
            Set(fields, name, [value as string]);
        }

        try
        {
            return s_parser.Parse(fields.ToJsonString(), request);
        }
        catch (InvalidProtocolBufferException e)
        {
            // InvalidJsonException is one, too. Its text names the field.
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    protected static async Task WriteAsync(HttpContext http, IMessage message)
    {
        if (message.Descriptor.FindFieldByName("etag") is { } etag)
        {
            http.Response.Headers.ETag = $"\"{etag.Accessor.GetValue(message)}\"";
        }

        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(s_formatter.Format(message) + "\n", http.RequestAborted);
    }

    private void Set(JsonObject fields, string name, string?[] values)
    {
        if (request.FindFieldByName(name) is not { } field)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"There is no field '{(name.Length > 64 ? "…" : name)}' in {request.Name}."));
        }

        fields[name] = field.IsRepeated
            ? new JsonArray([.. values.Select(value => ToJson(field, value))])
            : values.Length == 1 ? ToJson(field, values[0]) : throw new RpcException(new Status(StatusCode.InvalidArgument, $"{name} is given more than once."));
    }

    // Numbers, times and names of enumerations may be texts in the JSON of protocol buffers; truth values may not.
    private static JsonNode? ToJson(FieldDescriptor field, string? value) => field.FieldType == FieldType.Bool
        ? bool.TryParse(value, out bool truth) ? JsonValue.Create(truth) : throw new RpcException(new Status(StatusCode.InvalidArgument, $"{field.Name} is true or false."))
        : JsonValue.Create(value ?? "");

    private static async Task<JsonObject> ReadBodyAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        if (http.Request.ContentLength is null or > 0 && http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            // Also keeps pages of others from sending one without asking first.
            if (!http.Request.HasJsonContentType())
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "The body is JSON: say so, Content-Type: application/json."));
            }

            try
            {
                return await JsonNode.ParseAsync(http.Request.Body, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth }, cancellationToken: http.RequestAborted) as JsonObject
                    ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "The body is a JSON object."));
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, $"The body is no JSON object: {e.Message}"));
            }
        }

        return [];
    }

    /// <summary>Makes them of a service's methods.</summary>
    internal sealed class Binder(params Interceptor[] interceptors) : ServiceBinderBase
    {
        /// <summary>By gRPC path.</summary>
        public Dictionary<string, RestMethod> Methods { get; } = new(StringComparer.Ordinal);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            UnaryServerMethod<TRequest, TResponse> whole = interceptors.Reverse().Aggregate(handler!, static (next, interceptor) => (request, call) => interceptor.UnaryServerHandler(request, call, next));
            Methods.Add(method.FullName, new Unary<TRequest, TResponse>(whole, DescriptorOf<TRequest>()));
        }

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            ServerStreamingServerMethod<TRequest, TResponse> whole = interceptors.Reverse()
                .Aggregate(handler!, static (next, interceptor) => (request, output, call) => interceptor.ServerStreamingServerHandler(request, output, call, next));
            Methods.Add(method.FullName, typeof(TResponse) == typeof(DataChunk) ? new Download<TRequest, TResponse>(whole, DescriptorOf<TRequest>()) : new Watch<TRequest, TResponse>(whole, DescriptorOf<TRequest>()));
        }

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            ClientStreamingServerMethod<TRequest, TResponse> whole = interceptors.Reverse()
                .Aggregate(handler!, static (next, interceptor) => (input, call) => interceptor.ClientStreamingServerHandler(input, call, next));
            Methods.Add(method.FullName, new Upload<TRequest, TResponse>(whole, DescriptorOf<TRequest>()));
        }

        private static MessageDescriptor DescriptorOf<T>() => ((IMessage)Activator.CreateInstance<T>()!).Descriptor;
    }

    private sealed class Unary<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> handler, MessageDescriptor descriptor) : RestMethod(descriptor)
        where TRequest : class
        where TResponse : class
    {
        public override async Task InvokeAsync(HttpContext http, ServerCallContext call)
            => await WriteAsync(http, (IMessage)await handler((TRequest)await ReadAsync(http, withBody: true), call));
    }

    /// <summary>Pieces of a file are its body.</summary>
    private sealed class Download<TRequest, TResponse>(ServerStreamingServerMethod<TRequest, TResponse> handler, MessageDescriptor descriptor) : RestMethod(descriptor)
        where TRequest : class
        where TResponse : class
    {
        public override async Task InvokeAsync(HttpContext http, ServerCallContext call)
        {
            IMessage request = await ReadAsync(http, withBody: true);
            bool isPart = FileRange.TryTake(http.Request, request);
            await handler((TRequest)request, (IServerStreamWriter<TResponse>)(object)new BodyWriter(http, isPart ? FileRange.OffsetOf(request) : null), call);
        }
    }

    /// <summary>Answers that come one after the other are a line of JSON each, until whoever asked is gone.</summary>
    private sealed class Watch<TRequest, TResponse>(ServerStreamingServerMethod<TRequest, TResponse> handler, MessageDescriptor descriptor) : RestMethod(descriptor)
        where TRequest : class
        where TResponse : class
    {
        public override async Task InvokeAsync(HttpContext http, ServerCallContext call)
            => await handler((TRequest)await ReadAsync(http, withBody: true), new LineWriter<TResponse>(http), call);
    }

    /// <summary>The body is a file; what else there is to say stands in path and query.</summary>
    private sealed class Upload<TRequest, TResponse>(ClientStreamingServerMethod<TRequest, TResponse> handler, MessageDescriptor descriptor) : RestMethod(descriptor)
        where TRequest : class
        where TResponse : class
    {
        public override async Task InvokeAsync(HttpContext http, ServerCallContext call)
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = ApiLimits.MaxPromptBytes + 1;
            }

            // A form of another page could send these without asking; a file's own type it could not.
            if (http.Request.ContentType is not { } type || !(type.StartsWith("audio/", StringComparison.Ordinal) || type == "application/octet-stream"))
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "The body is the file: say so, Content-Type: audio/wav or audio/ogg."));
            }

            IMessage first = await ReadAsync(http, withBody: false);
            await WriteAsync(http, (IMessage)await handler((IAsyncStreamReader<TRequest>)(object)new BodyReader((PromptUpload)first, http.Request.Body), call));
        }
    }

    private sealed class BodyWriter(HttpContext http, long? offset) : IServerStreamWriter<DataChunk>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(DataChunk message) => WriteAsync(message, http.RequestAborted);

        public async Task WriteAsync(DataChunk message, CancellationToken cancellationToken)
        {
            if (!http.Response.HasStarted)
            {
                http.Response.ContentType = message.ContentType;
                http.Response.Headers.CacheControl = "no-store";
                if (message.Cursor.Length > 0)
                {
                    http.Response.Headers["X-Cursor"] = message.Cursor;
                }

                FileRange.Describe(http.Response, message, offset);
                if (message.NextPageToken.Length > 0)
                {
                    http.Response.Headers["X-Next-Page-Token"] = message.NextPageToken;
                }
            }

            await http.Response.Body.WriteAsync(message.Data.Memory, cancellationToken);
        }
    }

    private sealed class LineWriter<TResponse>(HttpContext http) : IServerStreamWriter<TResponse>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(TResponse message) => WriteAsync(message, http.RequestAborted);

        public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
        {
            if (!http.Response.HasStarted)
            {
                http.Response.ContentType = "application/x-ndjson";
                http.Response.Headers.CacheControl = "no-store";
            }

            await http.Response.WriteAsync(s_formatter.Format((IMessage)message!) + "\n", cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private sealed class BodyReader(PromptUpload first, Stream body) : IAsyncStreamReader<PromptUpload>
    {
        private bool _isFirst = true;

        public PromptUpload Current { get; private set; } = first;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (_isFirst)
            {
                _isFirst = false;
                return true;
            }

            byte[] buffer = ArrayPool<byte>.Shared.Rent(ApiLimits.ChunkBytes);
            int read = await body.ReadAsync(buffer, cancellationToken);
            Current = new PromptUpload { Data = ByteString.CopyFrom(buffer, 0, read) };
            ArrayPool<byte>.Shared.Return(buffer);
            return read > 0;
        }
    }
}
