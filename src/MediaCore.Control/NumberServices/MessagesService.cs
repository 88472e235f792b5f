using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Messages</c>: SMS and MMS.</summary>
/// <param name="store">The database.</param>
/// <param name="desk">Takes what is to be sent.</param>
public sealed class MessagesService(ServiceStore store, MessageDesk desk) : Messages.MessagesBase
{
    private readonly Rows<Model.TextMessage> _messages = new(store, "message");
    private readonly Rows<Model.MessageOptOut> _optOuts = new(store, "opt-out");

    /// <inheritdoc/>
    public override async Task<TextMessage> SendMessage(SendTextRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        var message = new OutgoingText(request.From, request.To, request.Text)
        {
            At = ApiMapping.Moment(request.At, "at"),
            Validity = request.ValiditySeconds switch
            {
                0 => null,
                > 0 and <= 35 * 86_400 => TimeSpan.FromSeconds(request.ValiditySeconds),
                _ => throw ApiErrors.Invalid("validity_seconds", "It is 60 to 3024000, or 0 for three days."),
            },
            Key = request.Key.Length == 0 ? null : request.Key,
            Media = [.. request.Media.Select(static (file, index) => new MessageMedia(file.Type, Uri.TryCreate(file.Uri, UriKind.Absolute, out Uri? uri) ? uri : throw ApiErrors.Invalid($"media[{index}].uri", "This is no address."), file.Bytes, file.Sha256.Length == 0 ? null : file.Sha256))],
        };
        Guid id = ApiErrors.Take(await desk.SendAsync(caller.Scope, message, caller.Actor, context.CancellationToken), "message");
        return await _messages.GetAsync(context, id.ToString(), ToMessage);
    }

    /// <inheritdoc/>
    public override Task<TextMessage> GetMessage(EntityRequest request, ServerCallContext context) => _messages.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<ListMessagesResponse> ListMessages(ListMessagesRequest request, ServerCallContext context)
    {
        Model.MessageState? state = request.State == TextMessage.Types.State.Unspecified ? null : ApiMapping.From<Model.MessageState>(request.State, null, "state");
        (List<Model.TextMessage> rows, string next) = await _messages.ListAsync(context, request.PageSize, request.PageToken, rows =>
        {
            rows = request.Number.Length > 0 ? rows.Where(row => row.Number == request.Number) : rows;
            rows = request.Peer.Length > 0 ? rows.Where(row => row.Peer == request.Peer) : rows;
            return state is { } wanted ? rows.Where(row => row.State == wanted) : rows;
        });
        return new ListMessagesResponse { Messages = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<TextMessage> CancelMessage(EntityRequest request, ServerCallContext context)
    {
        Guid id = await _messages.GetAsync(context, request.Id, static row => row.Id);
        return ToMessage(ApiErrors.Take(await desk.CancelAsync(ApiCaller.Of(context).Scope, id, context.CancellationToken), "id"));
    }

    /// <inheritdoc/>
    public override async Task<ListThreadResponse> ListThread(ListThreadRequest request, ServerCallContext context)
    {
        (long beforeMs, bool wasMessage, string key) = ReadCursor(request.PageToken);
        int size = ApiMapping.PageSize(request.PageSize);
        Guid tenant = ApiCaller.Of(context).TenantId;
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        await MustOwnAsync(database, tenant, request.Number, context.CancellationToken);
        (string number, string peer) = (request.Number, request.Peer);

        // Of one moment the messages come first.
        Guid messageKey = wasMessage ? Guid.Parse(key) : Guid.Empty;
        List<Model.TextMessage> messages = await database.Messages.AsNoTracking()
            .Where(row => row.TenantId == tenant && row.Number == number && row.Peer == peer && (row.CreatedAtMs < beforeMs || (wasMessage && row.CreatedAtMs == beforeMs && row.Id.CompareTo(messageKey) < 0)))
            .OrderByDescending(static row => row.CreatedAtMs).ThenByDescending(static row => row.Id).Take(size + 1).ToListAsync(context.CancellationToken);
        List<Model.CallEntry> calls = await database.Calls.AsNoTracking()
            .Where(row => row.TenantId == tenant && row.Number == number && (row.Caller == peer || row.Called == peer) && (row.StartedAtMs < beforeMs || (row.StartedAtMs == beforeMs && (wasMessage || string.Compare(row.CallId, key) < 0))))
            .OrderByDescending(static row => row.StartedAtMs).ThenByDescending(static row => row.CallId).Take(size + 1).ToListAsync(context.CancellationToken);
        ListThreadResponse response = new();
        int message = 0;
        int call = 0;
        string next = "";
        while (response.Entries.Count < size && (message < messages.Count || call < calls.Count))
        {
            if (call == calls.Count || (message < messages.Count && messages[message].CreatedAtMs >= calls[call].StartedAtMs))
            {
                Model.TextMessage row = messages[message++];
                response.Entries.Add(new ThreadEntry { At = ApiMapping.Time(row.CreatedAtMs), Message = ToMessage(row) });
                next = $"{row.CreatedAtMs.ToString(CultureInfo.InvariantCulture)}|m|{row.Id}";
            }
            else
            {
                Model.CallEntry row = calls[call++];
                response.Entries.Add(new ThreadEntry { At = ApiMapping.Time(row.StartedAtMs), Call = ToCall(row) });
                next = $"{row.StartedAtMs.ToString(CultureInfo.InvariantCulture)}|c|{row.CallId}";
            }
        }

        response.NextPageToken = message < messages.Count || call < calls.Count ? ApiMapping.ToToken(next) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListOptOutsResponse> ListOptOuts(ListOptOutsRequest request, ServerCallContext context)
    {
        (List<Model.MessageOptOut> rows, string next) = await _optOuts.ListAsync(context, request.PageSize, request.PageToken, rows => request.Number.Length > 0 ? rows.Where(row => row.Number == request.Number) : rows);
        return new ListOptOutsResponse { OptOuts = { rows.Select(ToOptOut) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override Task<OptOut> AddOptOut(OptOutRequest request, ServerCallContext context) => SetAsync(request, isOut: true, context);

    /// <inheritdoc/>
    public override Task<OptOut> RemoveOptOut(OptOutRequest request, ServerCallContext context) => SetAsync(request, isOut: false, context);

    /// <inheritdoc/>
    public override async Task<MessageSettings> GetMessageSettings(GetMessageSettingsRequest request, ServerCallContext context)
    {
        Guid tenant = ApiCaller.Of(context).TenantId;
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        return ToSettings(await database.MessageSettings.AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant, context.CancellationToken) ?? new Model.MessageSettings());
    }

    /// <inheritdoc/>
    public override async Task<MessageSettings> UpdateMessageSettings(MessageSettingsChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid tenant = caller.TenantId;
        return ToSettings(ApiErrors.Take(await store.ChangeAsync<Model.MessageSettings>(caller.Scope, caller.Origin("messages.settings"), async database =>
        {
            Model.MessageSettings? row = await database.MessageSettings.SingleOrDefaultAsync(one => one.TenantId == tenant, context.CancellationToken);
            if (row is null)
            {
                row = new Model.MessageSettings { TenantId = tenant };
                database.MessageSettings.Add(row);
            }

            row.QuietFrom = request.HasQuietFrom ? ApiMapping.Number(request.QuietFrom, 0, 1_439, "quiet_from") : row.QuietFrom;
            row.QuietUntil = request.HasQuietUntil ? ApiMapping.Number(request.QuietUntil, 0, 1_439, "quiet_until") : row.QuietUntil;
            row.PerMinute = request.HasPerMinute ? ApiMapping.Number(request.PerMinute, 0, 100_000, "per_minute") : row.PerMinute;
            row.ReceiversPerHour = request.HasReceiversPerHour ? ApiMapping.Number(request.ReceiversPerHour, 0, 1_000_000, "receivers_per_hour") : row.ReceiversPerHour;
            row.HelpText = request.HasHelpText ? ApiMapping.Text(request.HelpText, "help_text", MessageLimits.MaxCharacters) : row.HelpText;
            row.LongAsMms = request.HasLongAsMms ? request.LongAsMms : row.LongAsMms;
            return MessageWords.Read(row.HelpText) == MessageWord.None ? row : throw ApiErrors.Invalid("help_text", "An answer is no word that is answered itself.");
        }, context.CancellationToken)));
    }

    private async Task<OptOut> SetAsync(OptOutRequest request, bool isOut, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (request.Peer.Length is 0 or > MessageLimits.MaxPartyCharacters)
        {
            throw ApiErrors.Invalid("peer", "Whose? Give a number, as +441632960001.");
        }

        await using (ServiceContext database = store.Open(caller.Scope))
        {
            await MustOwnAsync(database, caller.TenantId, request.Number, context.CancellationToken);
        }

        return ToOptOut(await desk.SetOptOutAsync(caller.Scope, request.Number, request.Peer, isOut, caller.Actor, context.CancellationToken));
    }

    private static async Task MustOwnAsync(ServiceContext database, Guid tenant, string number, CancellationToken cancellationToken)
    {
        if (number.Length == 0)
        {
            throw ApiErrors.Invalid("number", "Which number?");
        }

        if (!await database.Numbers.AnyAsync(row => row.TenantId == tenant && row.Number == number, cancellationToken))
        {
            throw ApiErrors.NotFound("You have no such number.");
        }
    }

    private static (long BeforeMs, bool WasMessage, string Key) ReadCursor(string token)
    {
        if (ApiMapping.FromToken(token) is not { } text)
        {
            return (long.MaxValue, false, "");
        }

        string[] parts = text.Split('|', 3);
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && (parts[1] == "c" || (parts[1] == "m" && Guid.TryParse(parts[2], out _)))
            ? (ms, parts[1] == "m", parts[2])
            : throw ApiMapping.BadToken();
    }

    private static TextMessage ToMessage(Model.TextMessage row)
    {
        TextMessage message = new()
        {
            Id = row.Id.ToString(),
            Channel = ApiMapping.To<TextMessage.Types.Channel>(row.Channel),
            Inbound = row.Inbound,
            Number = row.Number,
            Peer = row.Peer,
            Text = row.Text,
            State = ApiMapping.To<TextMessage.Types.State>(row.State),
            Error = row.Error ?? "",
            Segments = row.Segments,
            ScheduledAt = ApiMapping.Time(row.ScheduledAtMs),
            CreatedAt = ApiMapping.Time(row.CreatedAtMs),
            StateAt = ApiMapping.Time(row.StateAtMs),
        };
        if (row.Media is { } media)
        {
            using var files = JsonDocument.Parse(media);
            message.Media.AddRange(files.RootElement.EnumerateArray().Select(static file => new MediaFile
            {
                Type = file.GetProperty("type").GetString(),
                Uri = file.GetProperty("uri").GetString(),
                Bytes = file.GetProperty("bytes").GetInt64(),
                Sha256 = file.GetProperty("sha256").GetString() ?? "",
            }));
        }

        return message;
    }

    private static ThreadCall ToCall(Model.CallEntry row) => new()
    {
        CallId = row.CallId,
        Caller = row.Caller,
        Called = row.Called,
        StartedAt = ApiMapping.Time(row.StartedAtMs),
        AnsweredAt = ApiMapping.Time(row.AnsweredAtMs),
        EndedAt = ApiMapping.Time(row.EndedAtMs),
        Reason = row.Reason,
    };

    private static OptOut ToOptOut(Model.MessageOptOut row) => new() { Number = row.Number, Peer = row.Peer, OptedOut = row.IsOut, Since = ApiMapping.Time(row.SinceMs), Source = row.Source };

    private static MessageSettings ToSettings(Model.MessageSettings row) => new()
    {
        QuietFrom = row.QuietFrom,
        QuietUntil = row.QuietUntil,
        PerMinute = row.PerMinute,
        ReceiversPerHour = row.ReceiversPerHour,
        HelpText = row.HelpText,
        LongAsMms = row.LongAsMms,
    };
}
