using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Smpp.Coding;

namespace MediaCore.Numbers.Messaging;

/// <summary>Rows of messages and of their parts, and what is told of them.</summary>
internal static class MessageWriting
{
    /// <summary>Adds an outgoing message with its parts: short messages one by one, what goes to phones and as MMS whole.</summary>
    /// <param name="context">The change.</param>
    /// <param name="message">The message; how it is cut is noted in it.</param>
    /// <param name="carrier">The carrier that gets it first.</param>
    /// <param name="to">Whom to: a number or an account.</param>
    /// <param name="dueMs">When it is due.</param>
    public static void Add(ServiceContext context, TextMessage message, string carrier, string to, long dueMs)
    {
        context.Messages.Add(message);
        AddParts(context, message, carrier, to, dueMs);
    }

    /// <summary>Adds the parts of an outgoing message; how it is cut is noted in it.</summary>
    public static void AddParts(ServiceContext context, TextMessage message, string carrier, string to, long dueMs)
    {
        TextSegments segments = TextSegments.Of(message.Text);
        ImmutableArray<string> parts = carrier == SipCarrier.CarrierName || message.Channel == MessageChannel.Mms ? [message.Text] : segments.Parts;
        message.Segments = parts.Length;
        message.IsUcs2 = segments.Coding == TextCoding.Ucs2;
        AddParts(context, message, parts, carrier, to, dueMs);
    }

    /// <summary>Adds the way of one that came in to somebody's phones.</summary>
    public static void AddDelivery(ServiceContext context, TextMessage message, string account, long dueMs) => AddParts(context, message, [message.Text], SipCarrier.CarrierName, account, dueMs);

    /// <summary>Brings a message to where its parts are, and tells of it when that is another state than before.</summary>
    public static void Settle(ServiceContext context, TextMessage message, IReadOnlyList<TextMessagePart> parts, long nowMs)
    {
        MessageState of = MessageStates.Of([.. parts.Select(static part => part.State)]);

        // What came in has come in, whether or not a phone was there to take it.
        MessageState state = message.Inbound && of != MessageState.Delivered ? message.State : MessageStates.Advance(message.State, of);
        message.ProviderIds = message.Inbound ? message.ProviderIds : string.Join('\n', parts.OrderBy(static part => part.Index).Select(static part => part.ProviderId).Where(static id => id is not null));
        if (state == message.State)
        {
            return;
        }

        message.State = state;
        message.StateAtMs = nowMs;
        message.Error = state == MessageState.Delivered ? null : parts.FirstOrDefault(static part => part.Error is not null)?.Error;
        ServiceEvents.Add(context, message.TenantId, ServiceEventTypes.MessageUpdated, message.Id.ToString(), Describe(message), nowMs);
    }

    /// <summary>What is told of a message; its words only where it came in.</summary>
    public static JsonObject Describe(TextMessage message)
    {
        var data = new JsonObject
        {
            ["id"] = message.Id.ToString(),
            ["direction"] = message.Inbound ? "inbound" : "outbound",
            ["channel"] = message.Channel == MessageChannel.Mms ? "mms" : "sms",
            ["number"] = message.Number,
            ["peer"] = message.Peer,
            ["state"] = message.State.ToString().ToLowerInvariant(),
            ["segments"] = message.Segments,
            ["at"] = Time(message.StateAtMs),
        };
        if (message.Error is not null)
        {
            data["error"] = message.Error;
        }

        if (message.Inbound)
        {
            data["text"] = message.Text;
            data["media"] = message.Media is null ? new JsonArray() : JsonNode.Parse(message.Media);
        }

        return data;
    }

    /// <summary>Says that a receiver wants no messages, or messages again.</summary>
    public static void TellOptOut(ServiceContext context, MessageOptOut row)
        => ServiceEvents.Add(context, row.TenantId, ServiceEventTypes.MessageOptOut, row.Id.ToString(), new JsonObject
        {
            ["number"] = row.Number,
            ["peer"] = row.Peer,
            ["opted_out"] = row.IsOut,
            ["source"] = row.Source,
            ["at"] = Time(row.SinceMs),
        }, row.SinceMs);

    /// <summary>Files as a row has them; null for none.</summary>
    public static string? WriteMedia(IReadOnlyList<MessageMedia> media) => media.Count == 0 ? null : JsonSerializer.Serialize(media, s_media);

    /// <summary>Files of a row.</summary>
    public static IReadOnlyList<MessageMedia> ReadMedia(string? json) => json is null ? [] : JsonSerializer.Deserialize<MessageMedia[]>(json, s_media) ?? [];

    /// <summary>A carrier's word, as much of it as is kept.</summary>
    public static string? Shorten(string? error) => error is { Length: > MessageLimits.MaxErrorCharacters } ? error[..MessageLimits.MaxErrorCharacters] : error;

    private static readonly JsonSerializerOptions s_media = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static void AddParts(ServiceContext context, TextMessage message, ImmutableArray<string> texts, string carrier, string to, long dueMs)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            context.MessageParts.Add(new TextMessagePart { TenantId = message.TenantId, MessageId = message.Id, Index = i, Text = texts[i], Number = message.Number, To = to, Carrier = carrier, NextAttemptAtMs = dueMs });
        }
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
