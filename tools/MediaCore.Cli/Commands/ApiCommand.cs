using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MediaCore.Cli.Output;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;
using Option = System.CommandLine.Option;

namespace MediaCore.Cli.Commands;

/// <summary>One call of the number service as a command.</summary>
internal sealed class ApiCommand(ApiMethod method, ServerOptions server, Option<string?> tenant, Option<string?> once, Option<string?> file, Option<string?> output, Option<bool> all)
{
    /// <summary>Fields that hold a document, which is better kept in a file than typed.</summary>
    private static readonly HashSet<string> s_documents = new(StringComparer.Ordinal) { "document", "hours", "settings", "skills", "numbers" };

    /// <summary>What tables leave out: nobody reads them, and <c>--json</c> has them.</summary>
    private static readonly HashSet<string> s_hidden = new(StringComparer.Ordinal) { "etag", "sha256", "created_at", "settings", "hours", "document", "record", "transcript", "schema" };

    /// <summary>What has tables of its own within an answer; repeated messages elsewhere are a cell each.</summary>
    private static readonly HashSet<string> s_tables = new(StringComparer.Ordinal) { "steps", "queues", "agents" };

    /// <summary>What a live table shows of a queue: what a line of a terminal has room for.</summary>
    private static readonly HashSet<string> s_liveQueue = new(StringComparer.Ordinal)
    {
        "queue", "waiting", "longest_wait", "expected_wait", "talking", "ready", "staffed", "signed_in", "offered", "answered", "abandoned", "service_level",
    };

    private readonly MethodDescriptor _descriptor = ApiMethods.Describe(method);
    private readonly List<(FieldDescriptor Field, Symbol Symbol)> _values = [];

    /// <summary>Makes it.</summary>
    public Command Create()
    {
        string comment = ProtoComments.Get(_descriptor.FullName);
        Command command = new(method.Command.Split(' ')[1], comment.Length > 0 ? comment : $"{method.Name}.");
        HashSet<string> named = [.. method.Path.Split('/').Where(static part => part.StartsWith('{')).Select(static part => part.Trim('{', '}'))];
        foreach (FieldDescriptor field in _descriptor.InputType.Fields.InFieldNumberOrder())
        {
            // Of what is made, name and identifier are one thing to whoever types it.
            bool isNew = method.Verb == "POST" && field.Name == "id" && !named.Contains("id");
            if (isNew || field.FieldType == FieldType.Bytes || (field.IsRepeated && field.FieldType == FieldType.Message && field.Name != "numbers"))
            {
                continue;
            }

            string help = ProtoComments.Get(field.FullName);
            if (named.Contains(field.Name))
            {
                Argument<string> argument = new(field.Name.Replace('_', '-')) { Description = help };
                command.Arguments.Add(argument);
                _values.Add((field, argument));
            }
            else if ((field.Name != "page_token" || _descriptor.IsServerStreaming) && field.Name != "numbers")
            {
                command.Options.Add(MakeOption(field, help));
            }
        }

        if (method.IsChanging && !_descriptor.IsClientStreaming)
        {
            command.Options.Add(once);
        }

        if (TakesFile)
        {
            command.Options.Add(file);
        }

        if (IsFile)
        {
            command.Options.Add(output);
        }

        if (_descriptor.OutputType.FindFieldByName("next_page_token") is not null && !_descriptor.IsServerStreaming)
        {
            command.Options.Add(all);
        }

        command.Options.Add(tenant);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, invoker => RunAsync(parsed, WithHeaders(parsed, invoker), cancellation)));
        return command;
    }

    private Option MakeOption(FieldDescriptor field, string help)
    {
        string[] choices = field.FieldType switch
        {
            FieldType.Enum => [.. field.EnumType.Values.Skip(1).Select(value => ToChoice(field.EnumType, value))],
            FieldType.Bool => ["true", "false"],
            _ => [],
        };
        string name = $"--{field.Name.Replace('_', '-')}";
        Option option;
        if (field.IsRepeated)
        {
            Option<string[]> many = new(name) { AllowMultipleArgumentsPerToken = true };
            if (choices.Length > 0)
            {
                many.AcceptOnlyFromAmong(choices);
            }

            option = many;
        }
        else
        {
            Option<string?> one = new(name);
            if (choices.Length > 0)
            {
                one.AcceptOnlyFromAmong(choices);
            }

            option = one;
        }

        option.Description = choices.Length > 0 && field.FieldType == FieldType.Enum ? $"{help}{(help.Length > 0 ? " " : "")}({string.Join(", ", choices)})" : help;
        option.HelpName = field.FieldType == FieldType.Message ? field.MessageType.Name == "Timestamp" ? "time" : "seconds" : field.FieldType == FieldType.Int32 ? "n" : field.Name.Replace('_', '-');
        _values.Add((field, option));
        return option;
    }

    // STATE_NOT_READY of State is not-ready.
    private static string ToChoice(EnumDescriptor type, EnumValueDescriptor value)
    {
        string prefix = type.Values[0].Name[..^"UNSPECIFIED".Length];
        return value.Name[prefix.Length..].Replace('_', '-').ToLowerInvariant();
    }

    private CallInvoker WithHeaders(ParseResult parsed, CallInvoker invoker) => invoker.Intercept(metadata =>
    {
        if (parsed.GetValue(tenant) is { Length: > 0 } name)
        {
            metadata.Add(ApiInterceptor.TenantHeader, name);
        }

        if (method.IsChanging && !_descriptor.IsClientStreaming && parsed.GetValue(once) is { Length: > 0 } key)
        {
            metadata.Add(ApiInterceptor.IdempotencyHeader, key);
        }

        return metadata;
    });

    private async Task<int> RunAsync(ParseResult parsed, CallInvoker invoker, CancellationToken cancellation)
    {
        JsonObject json = Read(parsed);
        string? path = TakesFile && parsed.GetValue(file) is { } given ? Path.GetFullPath(given, server.Terminal.WorkingFolder) : null;
        if (path is not null && !_descriptor.IsClientStreaming)
        {
            string text = await File.ReadAllTextAsync(path, cancellation);
            FieldDescriptor field = _descriptor.InputType.Fields.InFieldNumberOrder().First(static each => s_documents.Contains(each.Name));
            json[field.Name] = field.Name == "numbers" ? ToLines(text) : text;
        }

        IMessage request;
        try
        {
            request = JsonParser.Default.Parse(json.ToJsonString(), _descriptor.InputType);
        }
        catch (InvalidProtocolBufferException e)
        {
            await server.Terminal.Error.WriteLineAsync($"mcctl: {e.Message}");
            return ExitCode.Usage;
        }

        if (_descriptor.IsClientStreaming)
        {
            return await UploadAsync(parsed, invoker, request, path, cancellation);
        }

        return IsFile ? await DownloadAsync(parsed, invoker, request, cancellation) : _descriptor.IsServerStreaming ? await WatchAsync(parsed, invoker, request, cancellation) : await CallAsync(parsed, invoker, request, cancellation);
    }

    /// <summary>Whether its answer comes as pieces of a file; other streams are answers, one after the other.</summary>
    private bool IsFile => _descriptor.IsServerStreaming && _descriptor.OutputType.ClrType == typeof(DataChunk);

    private bool TakesFile => _descriptor.IsClientStreaming || _descriptor.InputType.Fields.InFieldNumberOrder().Any(static each => s_documents.Contains(each.Name));

    private JsonObject Read(ParseResult parsed)
    {
        JsonObject json = [];
        foreach ((FieldDescriptor field, Symbol symbol) in _values)
        {
            string[] values = symbol switch
            {
                Argument<string> argument => [parsed.GetValue(argument)!],
                Option<string[]> option => parsed.GetValue(option) ?? [],
                Option<string?> option when parsed.GetValue(option) is { } value => [value],
                _ => [],
            };
            if (values.Length > 0)
            {
                json[field.Name] = field.IsRepeated ? new JsonArray([.. values.Select(value => ToJson(field, value))]) : ToJson(field, values[0]);
            }
        }

        return json;
    }

    private static JsonNode ToJson(FieldDescriptor field, string value) => field.FieldType switch
    {
        FieldType.Bool => JsonValue.Create(value == "true"),
        FieldType.Enum => JsonValue.Create(field.EnumType.Values.First(each => ToChoice(field.EnumType, each) == value).Name),
        FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName => JsonValue.Create(value.EndsWith('s') ? value : value + "s"),

        // A time without a zone is one of this host; 2026-11-23 is its midnight.
        FieldType.Message when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) => JsonValue.Create(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value),
    };

    /// <summary>Numbers to be imported: one a line, with a country after a comma or tab where it has no +; lines that begin with # are remarks. Or JSON, as the API has it.</summary>
    private static JsonNode? ToLines(string text)
    {
        if (text.AsSpan().TrimStart() is ['[', ..])
        {
            return JsonNode.Parse(text);
        }

        JsonArray lines = [];
        foreach (string[] parts in text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#').Select(static line => line.Split([',', '\t'], 2, StringSplitOptions.RemoveEmptyEntries)))
        {
            JsonObject line = new() { ["number"] = parts[0].Trim() };
            if (parts.Length > 1)
            {
                line["country"] = parts[1].Trim();
            }

            lines.Add((JsonNode)line);
        }

        return lines;
    }

    private Method<IMessage, IMessage> MakeMethod(MethodType type) => new(
        type,
        _descriptor.Service.FullName,
        _descriptor.Name,
        new Marshaller<IMessage>(static message => message.ToByteArray(), _descriptor.InputType.Parser.ParseFrom),
        new Marshaller<IMessage>(static message => message.ToByteArray(), _descriptor.OutputType.Parser.ParseFrom));

    private async Task<int> CallAsync(ParseResult parsed, CallInvoker invoker, IMessage request, CancellationToken cancellation)
    {
        Method<IMessage, IMessage> call = MakeMethod(MethodType.Unary);
        IMessage response = await invoker.AsyncUnaryCall(call, null, new CallOptions(cancellationToken: cancellation), request).ResponseAsync;
        FieldDescriptor? token = _descriptor.OutputType.FindFieldByName("next_page_token");
        if (token is not null && parsed.GetValue(all))
        {
            while ((string)token.Accessor.GetValue(response) is { Length: > 0 } next)
            {
                _descriptor.InputType.FindFieldByName("page_token").Accessor.SetValue(request, next);
                IMessage page = await invoker.AsyncUnaryCall(call, null, new CallOptions(cancellationToken: cancellation), request).ResponseAsync;
                token.Accessor.SetValue(response, "");
                response.MergeFrom(page.ToByteArray());
            }
        }

        await ShowAsync(parsed, response);
        return ExitCode.Success;
    }

    /// <summary>Shows what comes until somebody ends it.</summary>
    private async Task<int> WatchAsync(ParseResult parsed, CallInvoker invoker, IMessage request, CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<IMessage> answers = invoker.AsyncServerStreamingCall(MakeMethod(MethodType.ServerStreaming), null, new CallOptions(cancellationToken: cancellation), request);
        while (await answers.ResponseStream.MoveNext(cancellation))
        {
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonLineAsync(server.Terminal, answers.ResponseStream.Current);
            }
            else
            {
                await ShowAsync(parsed, answers.ResponseStream.Current);
                await server.Terminal.Out.FlushAsync(cancellation);
            }
        }

        return ExitCode.Success;
    }

    private async Task<int> DownloadAsync(ParseResult parsed, CallInvoker invoker, IMessage request, CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<IMessage> pieces = invoker.AsyncServerStreamingCall(MakeMethod(MethodType.ServerStreaming), null, new CallOptions(cancellationToken: cancellation), request);
        if (!await pieces.ResponseStream.MoveNext(cancellation))
        {
            return ExitCode.Success;
        }

        var first = (DataChunk)pieces.ResponseStream.Current;
        bool isText = first.ContentType.StartsWith("text/", StringComparison.Ordinal) || first.ContentType == "application/x-ndjson";
        string? path = parsed.GetValue(output) is { } given ? Path.GetFullPath(given, server.Terminal.WorkingFolder) : null;
        if (path is null && !isText)
        {
            await server.Terminal.Error.WriteLineAsync("mcctl: this is sound: say where it is to be kept, --output FILE");
            return ExitCode.Usage;
        }

        await using FileStream? kept = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.Write);
        do
        {
            ByteString data = ((DataChunk)pieces.ResponseStream.Current).Data;
            if (kept is not null)
            {
                await kept.WriteAsync(data.Memory, cancellation);
            }
            else
            {
                await server.Terminal.Out.WriteAsync(data.ToStringUtf8());
            }
        }
        while (await pieces.ResponseStream.MoveNext(cancellation));

        if (first.NextPageToken.Length > 0)
        {
            await server.Terminal.Error.WriteLineAsync($"mcctl: there is more: --page-token {first.NextPageToken}");
        }

        return ExitCode.Success;
    }

    private async Task<int> UploadAsync(ParseResult parsed, CallInvoker invoker, IMessage request, string? path, CancellationToken cancellation)
    {
        if (path is null)
        {
            await server.Terminal.Error.WriteLineAsync("mcctl: which file? --file FILE");
            return ExitCode.Usage;
        }

        await using FileStream sound = new(path, FileMode.Open, FileAccess.Read);
        using AsyncClientStreamingCall<IMessage, IMessage> upload = invoker.AsyncClientStreamingCall(MakeMethod(MethodType.ClientStreaming), null, new CallOptions(cancellationToken: cancellation));
        await upload.RequestStream.WriteAsync(request, cancellation);
        byte[] buffer = new byte[ApiLimits.ChunkBytes];
        for (int read; (read = await sound.ReadAsync(buffer, cancellation)) > 0;)
        {
            await upload.RequestStream.WriteAsync(new PromptUpload { Data = ByteString.CopyFrom(buffer, 0, read) }, cancellation);
        }

        await upload.RequestStream.CompleteAsync();
        await ShowAsync(parsed, await upload.ResponseAsync);
        return ExitCode.Success;
    }

    private async Task ShowAsync(ParseResult parsed, IMessage response)
    {
        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, response);
            return;
        }

        if (response is Done)
        {
            await server.Terminal.Out.WriteLineAsync("Done.");
            return;
        }

        FieldDescriptor? rows = response.Descriptor.FindFieldByName("next_page_token") is null
            ? response.Descriptor.FindFieldByName("problems") is { FieldType: FieldType.Message } problems ? problems : null
            : response.Descriptor.Fields.InFieldNumberOrder()[0];
        FieldDescriptor[] tables = [.. response.Descriptor.Fields.InFieldNumberOrder().Where(static field => field is { IsRepeated: true, FieldType: FieldType.Message } && s_tables.Contains(field.Name))];
        if (rows is null && tables.Length > 0)
        {
            Answer.WriteTable(server.Terminal, "", ["field", "value"], Flatten(response).Where(each => Array.TrueForAll(tables, table => table.Name != each.Name)).Select(static each => (IReadOnlyList<string>)[each.Name, each.Value]));
            foreach (FieldDescriptor table in tables)
            {
                await server.Terminal.Out.WriteLineAsync();
                WriteRows(table, response, $"No {table.Name}.");
            }

            return;
        }

        if (rows is null)
        {
            Answer.WriteTable(server.Terminal, "", ["field", "value"], Flatten(response).Select(static each => (IReadOnlyList<string>)[each.Name, each.Value]));
            return;
        }

        WriteRows(rows, response, rows.Name == "problems" ? "Nothing is wrong with it." : $"No {rows.Name.Replace('_', ' ')}.");
        if (response.Descriptor.FindFieldByName("next_page_token") is { } token && (string)token.Accessor.GetValue(response) is { Length: > 0 })
        {
            await server.Terminal.Error.WriteLineAsync("mcctl: there are more; --all has them all");
        }
    }

    private void WriteRows(FieldDescriptor rows, IMessage response, string nothing)
    {
        bool isLive = rows.MessageType.ClrType == typeof(LiveQueue);
        FieldDescriptor[] columns = [.. rows.MessageType.Fields.InFieldNumberOrder().Where(field => !s_hidden.Contains(field.Name) && (!field.IsRepeated || field.FieldType != FieldType.Message) && (!isLive || s_liveQueue.Contains(field.Name)))];
        Answer.WriteTable(
            server.Terminal,
            nothing,
            [.. columns.Select(static column => column.Name.Replace('_', ' '))],
            ((System.Collections.IEnumerable)rows.Accessor.GetValue(response)).Cast<IMessage>().Select(row => (IReadOnlyList<string>)[.. columns.Select(column => ToText(column, column.Accessor.GetValue(row)))]));
    }

    private static IEnumerable<(string Name, string Value)> Flatten(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            object? value = field.Accessor.GetValue(message);
            if (!field.IsRepeated && value is IMessage inner and not (Timestamp or Duration))
            {
                foreach ((string Name, string Value) each in Flatten(inner))
                {
                    yield return each;
                }
            }
            else
            {
                yield return (field.Name.Replace('_', ' '), ToText(field, value));
            }
        }
    }

    private static string ToText(FieldDescriptor field, object? value) => value switch
    {
        null => "",
        Timestamp time => time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Duration duration => $"{duration.ToTimeSpan().TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s",
        bool flag => flag ? "yes" : "no",
        double share => share.ToString("0.###", CultureInfo.InvariantCulture),
        string text => text,
        System.Collections.IEnumerable many => string.Join(", ", many.Cast<object>().Select(each => ToText(field, each))),
        System.Enum when field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture)) is { } known => known.Number == 0 ? "" : ToChoice(field.EnumType, known),
        IMessage message => string.Join(' ', Flatten(message).Where(static each => each.Value.Length > 0).Select(static each => each.Value)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
