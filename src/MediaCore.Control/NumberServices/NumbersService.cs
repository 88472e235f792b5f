using System.Collections.Concurrent;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Numbers</c>: the inventory.</summary>
public sealed class NumbersService(ServiceStore store, ILoggerFactory loggers) : V1.Numbers.NumbersBase, IAsyncDisposable
{
    private readonly NumberInventory _inventory = new(store);
    private readonly NumberImport _import = new(store);
    private readonly Rows<Model.Job> _jobs = new(store, "job");
    private readonly Rows<Model.RoutingPlan> _plans = new(store, "plan", static row => row.Name);
    private readonly Rows<Model.Menu> _menus = new(store, "menu", static row => row.Name);
    private readonly Rows<Model.CallQueue> _queues = new(store, "queue", static row => row.Name);
    private readonly Rows<Model.VoicemailBox> _boxes = new(store, "box", static row => row.Box);
    private readonly Rows<Model.User> _users = new(store, "user", static row => row.Name);
    private readonly ILogger _logger = loggers.CreateLogger("MediaCore.Control");
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <inheritdoc/>
    public override Task<ListNumbersResponse> SearchNumbers(SearchNumbersRequest request, ServerCallContext context) => ListAsync(request, own: false, context);

    /// <inheritdoc/>
    public override Task<ListNumbersResponse> ListNumbers(SearchNumbersRequest request, ServerCallContext context) => ListAsync(request, own: true, context);

    /// <inheritdoc/>
    public override async Task<Number> GetNumber(NumberRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Guid tenant = caller.TenantId;
        string number = request.Number;
        Model.VirtualNumber row = await database.Numbers.AsNoTracking()
            .SingleOrDefaultAsync(each => each.Number == number && (each.TenantId == tenant || each.State == Model.NumberState.Available), context.CancellationToken)
            ?? throw ApiErrors.NotFound("There is no such number that you have or can have.");
        return await WithAssignmentsAsync(row, context);
    }

    /// <inheritdoc/>
    public override Task<Number> ReserveNumber(NumberRequest request, ServerCallContext context)
        => MoveAsync(context, caller => _inventory.ReserveAsync(caller.Scope, request.Number, caller.Actor, context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Number> CancelReservation(NumberRequest request, ServerCallContext context)
        => MoveAsync(context, caller => _inventory.CancelReservationAsync(caller.Scope, request.Number, caller.Actor, context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Number> BuyNumber(NumberRequest request, ServerCallContext context)
        => MoveAsync(context, caller => _inventory.BuyAsync(caller.Scope, request.Number, caller.Actor, context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Number> ReleaseNumber(NumberRequest request, ServerCallContext context)
        => MoveAsync(context, caller => _inventory.ReleaseAsync(caller.Scope, request.Number, caller.Actor, context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<Number> AssignNumber(AssignNumberRequest request, ServerCallContext context)
    {
        Model.NumberChannel channel = ApiMapping.From<Model.NumberChannel>(request.Channel, Model.NumberChannel.Voice, "channel");
        Model.AssignmentTarget target = ApiMapping.From<Model.AssignmentTarget>(request.Target, channel == Model.NumberChannel.Messages ? Model.AssignmentTarget.User : Model.AssignmentTarget.RoutingPlan, "target");
        Guid id = await FindTargetAsync(target, request.TargetId, context);
        return await MoveAsync(context, caller => _inventory.AssignAsync(
            caller.Scope,
            request.Number,
            channel,
            target,
            id,
            caller.Actor,
            ApiMapping.Moment(request.From, "from"),
            ApiMapping.Moment(request.Until, "until"),
            context.CancellationToken));
    }

    /// <inheritdoc/>
    public override Task<Number> UnassignNumber(UnassignNumberRequest request, ServerCallContext context)
    {
        Model.NumberChannel channel = ApiMapping.From<Model.NumberChannel>(request.Channel, Model.NumberChannel.Voice, "channel");
        return MoveAsync(context, caller => _inventory.UnassignAsync(caller.Scope, request.Number, channel, caller.Actor, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<Number> UpdateNumber(UpdateNumberRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid tenant = caller.TenantId;
        string number = request.Number;
        Model.VirtualNumber changed = ApiErrors.Take(await store.ChangeAsync<Model.VirtualNumber>(TenantScope.Platform, caller.Origin("number.describe"), async database =>
        {
            Model.VirtualNumber row = await database.Numbers.SingleOrDefaultAsync(each => each.Number == number && each.TenantId == tenant, context.CancellationToken)
                ?? throw ApiErrors.NotFound("You have no such number.");
            Rows<Model.Job>.MustBe(row, request.Etag);
            row.Label = request.HasLabel ? ApiMapping.Text(request.Label, "label") : row.Label;
            row.Language = request.HasLanguage ? (request.Language.Length == 0 ? null : ApiMapping.Language(request.Language)) : row.Language;
            row.TimeZone = request.HasTimeZone ? (request.TimeZone.Length == 0 ? null : ApiMapping.Zone(request.TimeZone)) : row.TimeZone;
            row.RecordsCalls = request.HasRecordsCalls ? request.RecordsCalls : row.RecordsCalls;
            return row;
        }, context.CancellationToken));
        return ToMessage(changed, caller);
    }

    /// <inheritdoc/>
    public override async Task<Job> ImportNumbers(ImportNumbersRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (_running.Count >= ApiLimits.MaxRunningImports)
        {
            throw ApiErrors.TooMany($"{ApiLimits.MaxRunningImports} imports run already; wait for one of them.", TimeSpan.FromSeconds(5));
        }

        NumberImportLine[] lines = [.. request.Numbers.Select(ToLine)];
        Model.Job job = ApiErrors.Take(await _import.BeginAsync(lines.Length, caller.Scope, caller.Actor, context.CancellationToken), "numbers");

        // Its batches wait for the database, not for the processor, so the pool is the place; the server's stop waits for the batch that is under way.
        _running[job.Id] = Task.CompletedTask;
        _running[job.Id] = RunAsync(job, lines, caller);
        return ToMessage(job);
    }

    /// <inheritdoc/>
    public override Task<Job> GetJob(EntityRequest request, ServerCallContext context) => _jobs.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<ListJobsResponse> ListJobs(PageRequest request, ServerCallContext context)
    {
        (List<Model.Job> rows, string next) = await _jobs.ListAsync(context, request.PageSize, request.PageToken);
        return new ListJobsResponse { Jobs = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <summary>Ends imports after their batches.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stop.Dispose();
    }

    private async Task RunAsync(Model.Job job, NumberImportLine[] lines, ApiCaller caller)
    {
        await Task.Yield();
        try
        {
            await _import.ContinueAsync(job, lines, caller.Scope, caller.Actor, progress: null, _stop.Token);
        }
        catch (Exception e)
        {
            // The job's row says how far it came; the same lines given again finish it.
            ApiLog.ImportFailed(_logger, job.Id, e);
        }
        finally
        {
            _running.TryRemove(job.Id, out _);
        }
    }

    private async Task<ListNumbersResponse> ListAsync(SearchNumbersRequest request, bool own, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        int size = ApiMapping.PageSize(request.PageSize);
        var search = new NumberSearch
        {
            Own = own,
            Country = request.Country.Length > 0 ? request.Country.ToUpperInvariant() : null,
            Type = request.Type == Number.Types.Type.Unspecified ? null : ApiMapping.From<NumberType>(request.Type, null, "type"),
            AreaCode = request.AreaCode.Length > 0 ? request.AreaCode : null,
            Pattern = request.Pattern.Length > 0 ? request.Pattern : null,
            Capabilities = ToRow(request.Capabilities, Model.NumberCapabilities.None),
            After = ApiMapping.FromToken(request.PageToken),
            Limit = size,
        };
        List<Model.VirtualNumber> rows = ApiErrors.Take(await _inventory.SearchAsync(caller.Scope, search, context.CancellationToken), request.AreaCode.Length > 0 ? "area_code" : "pattern");
        return new ListNumbersResponse
        {
            Numbers = { rows.Select(row => ToMessage(row, caller)) },

            // A page that is just full may be the last: then the next one is empty.
            NextPageToken = rows.Count == size ? ApiMapping.ToToken(rows[^1].Number) : "",
        };
    }

    private async Task<Number> MoveAsync(ServerCallContext context, Func<ApiCaller, Task<StoreResult<Model.VirtualNumber>>> move)
        => await WithAssignmentsAsync(ApiErrors.Take(await move(ApiCaller.Of(context)), "number"), context);

    private async Task<Guid> FindTargetAsync(Model.AssignmentTarget target, string id, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        return target switch
        {
            Model.AssignmentTarget.RoutingPlan => (await _plans.FindAsync(database, caller, id, context.CancellationToken, "target_id")).Id,
            Model.AssignmentTarget.Menu => (await _menus.FindAsync(database, caller, id, context.CancellationToken, "target_id")).Id,
            Model.AssignmentTarget.Queue => (await _queues.FindAsync(database, caller, id, context.CancellationToken, "target_id")).Id,
            Model.AssignmentTarget.User => (await _users.FindAsync(database, caller, id, context.CancellationToken, "target_id")).Id,
            _ => (await _boxes.FindAsync(database, caller, id, context.CancellationToken, "target_id")).Id,
        };
    }

    private async Task<Number> WithAssignmentsAsync(Model.VirtualNumber row, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Number message = ToMessage(row, caller);
        if (row.State == Model.NumberState.Assigned)
        {
            long now = store.NowMs;
            await using ServiceContext database = store.Open(caller.Scope);
            List<Model.NumberAssignment> assignments = await database.Assignments.AsNoTracking()
                .Where(each => each.NumberId == row.Id && (each.UntilMs == null || (each.UntilMs > now && each.UntilMs > each.FromMs)))
                .OrderBy(static each => each.FromMs).Take(ApiLimits.MaxPageRows).ToListAsync(context.CancellationToken);
            message.Assignments.AddRange(assignments.Select(static each => new Assignment
            {
                Channel = ApiMapping.To<Assignment.Types.Channel>(each.Channel),
                Target = ApiMapping.To<Assignment.Types.Target>(each.Target),
                TargetId = each.TargetId.ToString(),
                From = ApiMapping.Time(each.FromMs),
                Until = ApiMapping.Time(each.UntilMs),
            }));
        }

        return message;
    }

    private static Number ToMessage(Model.VirtualNumber row, ApiCaller caller) => new()
    {
        Number_ = row.Number,
        Country = row.Country,
        Type = ApiMapping.To<Number.Types.Type>(row.Type),
        State = ApiMapping.To<Number.Types.State>(row.State),
        Capabilities = { Enum.GetValues<Number.Types.Capability>().Where(each => each != Number.Types.Capability.Unspecified && row.Capabilities.HasFlag(Enum.Parse<Model.NumberCapabilities>(each.ToString()))) },
        Locality = row.Locality,
        Label = row.Label,
        Language = row.Language ?? "",
        RecordsCalls = row.RecordsCalls,
        TimeZone = row.TimeZone ?? "",
        ReservedUntil = ApiMapping.Time(row.ReservedUntilMs),
        QuarantineUntil = ApiMapping.Time(row.QuarantineUntilMs),
        FirstOwnedAt = ApiMapping.Time(row.FirstOwnedAtMs),
        Carrier = caller.Home.IsPlatform ? row.Carrier : "",
        Trunk = caller.Home.IsPlatform ? row.Trunk : "",
        Etag = ApiMapping.ETag(row),
    };

    private static NumberImportLine ToLine(NumberLine line) => new(line.Number, line.Country.Length > 0 ? line.Country : null)
    {
        IsShortCode = line.ShortCode,
        Capabilities = ToRow(line.Capabilities, Model.NumberCapabilities.Voice),
        Carrier = ApiMapping.Text(line.Carrier, "numbers.carrier"),
        Trunk = ApiMapping.Text(line.Trunk, "numbers.trunk"),
        Locality = ApiMapping.Text(line.Locality, "numbers.locality"),
    };

    private static Model.NumberCapabilities ToRow(IEnumerable<Number.Types.Capability> capabilities, Model.NumberCapabilities usual)
    {
        Model.NumberCapabilities all = capabilities.Aggregate(Model.NumberCapabilities.None, static (sum, each) => sum | ApiMapping.From<Model.NumberCapabilities>(each, null, "capabilities"));
        return all == Model.NumberCapabilities.None ? usual : all;
    }

    private static Job ToMessage(Model.Job row) => new()
    {
        Id = row.Id.ToString(),
        Kind = row.Kind,
        State = ApiMapping.To<Job.Types.State>(row.State),
        Total = row.Total,
        Done = row.Done,
        Unchanged = row.Unchanged,
        Refused = row.Refused,
        Problems = { row.Problems.Split('\n', StringSplitOptions.RemoveEmptyEntries) },
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };
}
