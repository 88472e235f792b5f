using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Schedules;
using MediaCore.Numbers.Storage;
using Model = MediaCore.Numbers.Model;
using ScheduleState = MediaCore.Numbers.Schedules.ScheduleState;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Schedules</c>: business hours.</summary>
public sealed class SchedulesService(ServiceStore store) : V1.Schedules.SchedulesBase
{
    private readonly Rows<Model.Schedule> _rows = new(store, "schedule", static row => row.Name);

    /// <inheritdoc/>
    public override async Task<ListSchedulesResponse> ListSchedules(PageRequest request, ServerCallContext context)
    {
        (List<Model.Schedule> rows, string next) = await _rows.ListAsync(context, request.PageSize, request.PageToken);
        return new ListSchedulesResponse { Schedules = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override Task<Schedule> GetSchedule(EntityRequest request, ServerCallContext context) => _rows.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<Schedule> CreateSchedule(ScheduleChange request, ServerCallContext context) => ToMessage(await _rows.CreateAsync(context, _ =>
    {
        var row = new Model.Schedule { Name = ApiMapping.Name(request.Name) };
        Apply(row, request);
        return Task.FromResult(row);
    }));

    /// <inheritdoc/>
    public override async Task<Schedule> UpdateSchedule(ScheduleChange request, ServerCallContext context)
        => ToMessage(await _rows.ChangeAsync(context, request.Id, request.Etag, (_, row) =>
        {
            Apply(row, request);
            return Task.CompletedTask;
        }));

    /// <inheritdoc/>
    public override Task<Done> DeleteSchedule(DeleteEntityRequest request, ServerCallContext context) => _rows.DeleteAsync(context, request.Id, request.Etag);

    /// <inheritdoc/>
    public override Task<V1.ScheduleState> EvaluateSchedule(EvaluateScheduleRequest request, ServerCallContext context)
    {
        DateTimeOffset at = ApiMapping.Moment(request.At, "at") ?? DateTimeOffset.FromUnixTimeMilliseconds(store.NowMs);
        return _rows.GetAsync(context, request.Id, row =>
        {
            ScheduleState state = ScheduleEvaluator.Evaluate(row, at);
            return new V1.ScheduleState
            {
                Open = state.IsOpen,
                Until = state.Until is { } until ? ApiMapping.Time(until.ToUnixTimeMilliseconds()) : null,
                Reason = state.Reason.ToString().ToLowerInvariant(),
                Name = state.Name,
            };
        });
    }

    private static void Apply(Model.Schedule row, ScheduleChange request)
    {
        row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        row.TimeZone = request.HasTimeZone ? ApiMapping.Zone(request.TimeZone) : row.TimeZone;
        if (request.HasHours)
        {
            row.Hours = ApiMapping.Json(request.Hours, "hours");
            if (ScheduleEvaluator.Check(row.TimeZone, row.Hours) is { Count: > 0 } errors)
            {
                throw ApiErrors.Invalid(errors);
            }
        }

        if (request.HasOverride)
        {
            row.Override = ApiMapping.From<Model.ScheduleOverride>(request.Override, Model.ScheduleOverride.None, "override");
            row.OverrideUntilMs = row.Override == Model.ScheduleOverride.None ? null : ApiMapping.Ms(request.OverrideUntil, "override_until");
        }
    }

    private static Schedule ToMessage(Model.Schedule row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        TimeZone = row.TimeZone,
        Hours = row.Hours,
        Override = ApiMapping.To<Schedule.Types.Override>(row.Override),
        OverrideUntil = ApiMapping.Time(row.OverrideUntilMs),
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };
}
