using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Voicemail</c>: boxes and messages.</summary>
/// <param name="store">The database.</param>
/// <param name="check">Says what is wrong with the settings of a box.</param>
/// <param name="folder">The folder of the sounds; null where the server has none.</param>
/// <param name="desk">Sets PINs, and tells lamps what has changed.</param>
public sealed class VoicemailService(ServiceStore store, DocumentCheck check, string? folder, VoicemailDesk desk) : Voicemail.VoicemailBase
{
    private readonly Rows<Model.VoicemailBox> _boxes = new(store, "box", static row => row.Box);
    private readonly Rows<Model.VoicemailMessage> _messages = new(store, "message");
    private readonly Rows<Model.Notification> _notifications = new(store, "notification");
    private readonly Rows<Model.User> _users = new(store, "user", static row => row.Name);

    /// <inheritdoc/>
    public override async Task<ListBoxesResponse> ListBoxes(PageRequest request, ServerCallContext context)
    {
        (List<Model.VoicemailBox> rows, string next) = await _boxes.ListAsync(context, request.PageSize, request.PageToken);
        ListBoxesResponse response = new() { NextPageToken = next };
        response.Boxes.AddRange(await CountAsync(rows, context));
        return response;
    }

    /// <inheritdoc/>
    public override async Task<VoicemailBox> GetBox(EntityRequest request, ServerCallContext context) => (await CountAsync([await _boxes.GetAsync(context, request.Id, static row => row)], context))[0];

    /// <inheritdoc/>
    public override async Task<VoicemailBox> CreateBox(VoicemailBoxChange request, ServerCallContext context) => (await CountAsync([await _boxes.CreateAsync(context, async database =>
    {
        var row = new Model.VoicemailBox { Box = ReadBox(request.Box) };
        await ApplyAsync(database, row, request, context);
        return row;
    })], context))[0];

    /// <inheritdoc/>
    public override async Task<VoicemailBox> UpdateBox(VoicemailBoxChange request, ServerCallContext context)
        => (await CountAsync([await _boxes.ChangeAsync(context, request.Id, request.Etag, (database, row) => ApplyAsync(database, row, request, context))], context))[0];

    /// <inheritdoc/>
    public override async Task<VoicemailBox> SetPin(SetPinRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        (Guid id, string box) = await _boxes.GetAsync(context, request.Id, static row => (row.Id, row.Box));
        if (request.Pin.Length > 0 && PinRules.Check(request.Pin, box) is { } wrong)
        {
            throw ApiErrors.Invalid("pin", wrong);
        }

        return (await CountAsync([ApiErrors.Take(await desk.SetPinAsync(caller.Scope, id, request.Pin, caller.Origin("voicemail.set_pin"), context.CancellationToken))], context))[0];
    }

    /// <inheritdoc/>
    public override Task<Done> DeleteBox(DeleteEntityRequest request, ServerCallContext context) => _boxes.DeleteAsync(context, request.Id, request.Etag, async (database, row) =>
    {
        if (await database.VoicemailMessages.AnyAsync(message => message.BoxId == row.Id, context.CancellationToken))
        {
            throw ApiErrors.Precondition("There are messages in this box: delete them, and let them be tidied away, first.");
        }

        if (await database.Assignments.AnyAsync(each => each.TargetId == row.Id && (each.UntilMs == null || each.UntilMs > store.NowMs), context.CancellationToken))
        {
            throw ApiErrors.Precondition("A number leads to this box: assign it elsewhere first.");
        }
    });

    /// <inheritdoc/>
    public override async Task<ListVoicemailsResponse> ListVoicemails(ListVoicemailsRequest request, ServerCallContext context)
    {
        Guid? box = request.Box.Length > 0 ? await _boxes.GetAsync(context, request.Box, static row => row.Id) : null;
        Model.VoicemailState? state = request.State == VoicemailMessage.Types.State.Unspecified ? null : ApiMapping.From<Model.VoicemailState>(request.State, null, "state");
        (List<Model.VoicemailMessage> rows, string next) = await _messages.ListAsync(context, request.PageSize, request.PageToken, rows =>
        {
            rows = box is { } one ? rows.Where(row => row.BoxId == one) : rows;
            return state is { } wanted ? rows.Where(row => row.State == wanted) : rows.Where(static row => row.State != Model.VoicemailState.Deleted);
        });
        return new ListVoicemailsResponse { Messages = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override Task<VoicemailMessage> GetVoicemail(EntityRequest request, ServerCallContext context) => _messages.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<VoicemailMessage> MarkVoicemail(MarkVoicemailRequest request, ServerCallContext context)
        => ToMessage(await SetAsync(request.Id, ApiMapping.From<Model.VoicemailState>(request.State, null, "state"), context));

    /// <inheritdoc/>
    public override async Task<Done> DeleteVoicemail(EntityRequest request, ServerCallContext context)
    {
        await SetAsync(request.Id, Model.VoicemailState.Deleted, context);
        return new Done();
    }

    /// <inheritdoc/>
    public override async Task FetchVoicemail(EntityRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
        => await FileChunks.SendAsync(folder, await _messages.GetAsync(context, request.Id, static row => row.File), responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override async Task<ListNotificationsResponse> ListNotifications(ListNotificationsRequest request, ServerCallContext context)
    {
        Model.NotificationState? state = request.State == Notification.Types.State.Unspecified ? null : ApiMapping.From<Model.NotificationState>(request.State, null, "state");
        Guid? message = request.Message.Length > 0 ? await _messages.GetAsync(context, request.Message, static row => row.Id) : null;
        (List<Model.Notification> rows, string next) = await _notifications.ListAsync(context, request.PageSize, request.PageToken, rows =>
        {
            rows = state is { } wanted ? rows.Where(row => row.State == wanted) : rows;
            return message is { } one ? rows.Where(row => row.MessageId == one) : rows;
        });
        return new ListNotificationsResponse { Notifications = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<Notification> RetryNotification(EntityRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Model.Notification row = await _notifications.FindAsync(database, caller, request.Id, context.CancellationToken);
        if (row.State == Model.NotificationState.Sent)
        {
            throw ApiErrors.Precondition("It went out already.");
        }

        if (row is { State: Model.NotificationState.Waiting, Attempts: > 0, Problem.Length: 0 } && row.DueAtMs > store.NowMs)
        {
            throw ApiErrors.Precondition("It is being sent.");
        }

        row.State = Model.NotificationState.Waiting;
        row.CreatedAtMs = store.NowMs;
        row.DueAtMs = store.NowMs;
        await database.SaveChangesAsync(context.CancellationToken);
        return ToMessage(row);
    }

    private async Task<Model.VoicemailMessage> SetAsync(string id, Model.VoicemailState state, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Model.VoicemailMessage row = await _messages.FindAsync(database, caller, id, context.CancellationToken);
        row.State = state;
        await database.SaveChangesAsync(context.CancellationToken);
        desk.Note();
        return row;
    }

    private async Task ApplyAsync(ServiceContext database, Model.VoicemailBox row, VoicemailBoxChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        row.Box = request.HasBox ? ReadBox(request.Box) : row.Box;
        if (request.HasUser)
        {
            row.UserId = request.User.Length == 0 ? null : (await _users.FindAsync(database, caller, request.User, context.CancellationToken, "user")).Id;
        }

        row.MaxMessages = request.HasMaxMessages ? ApiMapping.Number(request.MaxMessages, 1, 10_000, "max_messages") : row.MaxMessages;
        row.MaxSeconds = request.HasMaxSeconds ? ApiMapping.Number(request.MaxSeconds, 1, 3_600, "max_seconds") : row.MaxSeconds;
        row.MinSeconds = request.HasMinSeconds ? ApiMapping.Number(request.MinSeconds, 0, 60, "min_seconds") : row.MinSeconds;
        row.MaxSilenceSeconds = request.HasMaxSilenceSeconds ? ApiMapping.Number(request.MaxSilenceSeconds, 0, 60, "max_silence_seconds") : row.MaxSilenceSeconds;
        row.Transcribe = request.HasTranscribe ? request.Transcribe : row.Transcribe;
        row.AfterNotification = request.HasAfterNotification ? ApiMapping.From<Model.AfterNotification>(request.AfterNotification, Model.AfterNotification.Keep, "after_notification") : row.AfterNotification;
        row.RetentionDays = request.HasRetentionDays ? ApiMapping.Number(request.RetentionDays, 0, 36_500, "retention_days") : row.RetentionDays;
        if (request.HasSettings)
        {
            row.Settings = ApiMapping.Json(request.Settings, "settings");
            if (await check(caller.Scope, row.Id, row.Settings, context.CancellationToken) is { Count: > 0 } errors)
            {
                throw ApiErrors.Invalid(errors);
            }
        }
    }

    private static string ReadBox(string box) => box.Length is > 0 and <= 20 && box.All(char.IsAsciiDigit) ? box : throw ApiErrors.Invalid("box", "A box has a number of 1 to 20 digits.");

    private async Task<List<VoicemailBox>> CountAsync(IReadOnlyList<Model.VoicemailBox> rows, ServerCallContext context)
    {
        Guid[] boxes = [.. rows.Select(static row => row.Id)];
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        var counts = await database.VoicemailMessages.AsNoTracking().Where(message => boxes.Contains(message.BoxId) && message.State != Model.VoicemailState.Deleted)
            .GroupBy(static message => new { message.BoxId, message.State }).Select(static group => new { group.Key.BoxId, group.Key.State, Count = group.Count() }).ToListAsync(context.CancellationToken);
        return [.. rows.Select(row => new VoicemailBox
        {
            Id = row.Id.ToString(),
            Etag = ApiMapping.ETag(row),
            Box = row.Box,
            UserId = row.UserId?.ToString() ?? "",
            HasPin = row.PinHash is not null,
            MaxMessages = row.MaxMessages,
            MaxSeconds = row.MaxSeconds,
            MinSeconds = row.MinSeconds,
            MaxSilenceSeconds = row.MaxSilenceSeconds,
            Transcribe = row.Transcribe,
            AfterNotification = ApiMapping.To<VoicemailBox.Types.AfterNotification>(row.AfterNotification),
            RetentionDays = row.RetentionDays,
            Settings = row.Settings,
            NewMessages = counts.Where(each => each.BoxId == row.Id && each.State == Model.VoicemailState.New).Sum(static each => each.Count),
            Messages = counts.Where(each => each.BoxId == row.Id).Sum(static each => each.Count),
            CreatedAt = ApiMapping.Time(row.CreatedAtMs),
        })];
    }

    private static Notification ToMessage(Model.Notification row)
    {
        var message = new Notification
        {
            Id = row.Id.ToString(),
            Kind = ApiMapping.To<Notification.Types.Kind>(row.Kind),
            Subject = ApiMapping.To<Notification.Types.Subject>(row.Subject),
            Receiver = row.Receiver,
            MessageId = row.MessageId?.ToString() ?? "",
            CallId = row.CallId,
            State = ApiMapping.To<Notification.Types.State>(row.State),
            Attempts = row.Attempts,
            CreatedAt = ApiMapping.Time(row.CreatedAtMs),
            Problem = row.Problem,
        };
        if (row.State == Model.NotificationState.Waiting)
        {
            message.DueAt = ApiMapping.Time(row.DueAtMs);
        }

        if (row.SentAtMs > 0)
        {
            message.SentAt = ApiMapping.Time(row.SentAtMs);
        }

        return message;
    }

    private static VoicemailMessage ToMessage(Model.VoicemailMessage row) => new()
    {
        Id = row.Id.ToString(),
        BoxId = row.BoxId.ToString(),
        CallId = row.CallId,
        Caller = row.Caller,
        Called = row.Called,
        State = ApiMapping.To<VoicemailMessage.Types.State>(row.State),
        Urgent = row.Urgent,
        ReceivedAt = ApiMapping.Time(row.ReceivedAtMs),
        DurationMs = row.DurationMs,
        Sha256 = row.Sha256,
        Transcription = ApiMapping.To<VoicemailMessage.Types.Transcription>(row.TranscriptState),
        Transcript = row.Transcript ?? "",
    };
}
