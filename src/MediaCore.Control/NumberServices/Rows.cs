using System.Linq.Expressions;
using Grpc.Core;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>
/// Rows of one kind, as all services find, list, make, change and delete them: of the tenant that the call acts for and of no other, by identifier or by name. What a change refuses it throws, and nothing of it is
/// kept.
/// </summary>
/// <typeparam name="TRow">The kind.</typeparam>
/// <param name="store">The database.</param>
/// <param name="kind">What people and the audit call it.</param>
/// <param name="name">The column that names it; null for rows without a name.</param>
internal sealed class Rows<TRow>(ServiceStore store, string kind, Expression<Func<TRow, string>>? name = null)
    where TRow : TenantRow
{
    /// <summary>The database.</summary>
    public ServiceStore Store => store;

    /// <summary>The tenant's row of an identifier or name.</summary>
    public async Task<TRow> FindAsync(ServiceContext context, ApiCaller caller, string id, CancellationToken cancellationToken, string field = "id")
    {
        if (id.Length == 0)
        {
            throw ApiErrors.Invalid(field, $"Which {kind}?");
        }

        Guid tenant = caller.TenantId;
        IQueryable<TRow> rows = context.Set<TRow>().Where(row => row.TenantId == tenant);
        if (Guid.TryParse(id, out Guid key))
        {
            return await rows.SingleOrDefaultAsync(row => row.Id == key, cancellationToken) ?? throw NotFound(id);
        }

        if (name is null)
        {
            throw NotFound(id);
        }

        Expression<Func<TRow, bool>> isNamed = Expression.Lambda<Func<TRow, bool>>(Expression.Equal(name.Body, Expression.Constant(id)), name.Parameters);
        List<TRow> found = await rows.Where(isNamed).Take(2).ToListAsync(cancellationToken);
        return found.Count switch
        {
            1 => found[0],
            0 => throw NotFound(id),
            _ => throw ApiErrors.Precondition($"There is more than one {kind} of that name: give its identifier."),
        };
    }

    /// <summary>One row, for reading.</summary>
    public async Task<TMessage> GetAsync<TMessage>(ServerCallContext call, string id, Func<TRow, TMessage> map)
    {
        await using ServiceContext context = store.Open(ApiCaller.Of(call).Scope);
        return map(await FindAsync(context, ApiCaller.Of(call), id, call.CancellationToken));
    }

    /// <summary>A page in the order in which rows were made, which stays as it is while others are added.</summary>
    /// <returns>The rows, and the token of the next page.</returns>
    public async Task<(List<TRow> Rows, string Next)> ListAsync(ServerCallContext call, int pageSize, string pageToken, Func<IQueryable<TRow>, IQueryable<TRow>>? filter = null)
    {
        ApiCaller caller = ApiCaller.Of(call);
        Guid tenant = caller.TenantId;
        Guid after = ApiMapping.IdFromToken(pageToken);
        int size = ApiMapping.PageSize(pageSize);
        await using ServiceContext context = store.Open(caller.Scope);
        IQueryable<TRow> rows = context.Set<TRow>().AsNoTracking().Where(row => row.TenantId == tenant);
        rows = filter?.Invoke(rows) ?? rows;
        if (after != Guid.Empty)
        {
            rows = rows.Where(row => row.Id.CompareTo(after) > 0);
        }

        List<TRow> page = await rows.OrderBy(static row => row.Id).Take(size + 1).ToListAsync(call.CancellationToken);
        if (page.Count <= size)
        {
            return (page, "");
        }

        page.RemoveAt(size);
        return (page, ApiMapping.ToToken(page[^1].Id.ToString()));
    }

    /// <summary>Makes a row.</summary>
    /// <param name="call">The call.</param>
    /// <param name="make">Makes it; its tenant is set here.</param>
    public async Task<TRow> CreateAsync(ServerCallContext call, Func<ServiceContext, Task<TRow>> make)
    {
        ApiCaller caller = ApiCaller.Of(call);
        return ApiErrors.Take(
            await store.ChangeAsync<TRow>(caller.Scope, caller.Origin($"{kind}.create"), async context =>
            {
                TRow row = await make(context);
                row.TenantId = caller.TenantId;
                context.Add(row);
                return row;
            }, call.CancellationToken),
            "name",
            StatusCode.AlreadyExists);
    }

    /// <summary>Changes a row that has the etag.</summary>
    public async Task<TRow> ChangeAsync(ServerCallContext call, string id, string etag, Func<ServiceContext, TRow, Task> change, string action = "change")
    {
        ApiCaller caller = ApiCaller.Of(call);
        return ApiErrors.Take(
            await store.ChangeAsync<TRow>(caller.Scope, caller.Origin($"{kind}.{action}"), async context =>
            {
                TRow row = await FindAsync(context, caller, id, call.CancellationToken);
                MustBe(row, etag);
                await change(context, row);
                return row;
            }, call.CancellationToken),
            "name",
            StatusCode.AlreadyExists);
    }

    /// <summary>Deletes a row that has the etag.</summary>
    /// <param name="call">The call.</param>
    /// <param name="id">Which.</param>
    /// <param name="etag">The etag that it must have; empty for any.</param>
    /// <param name="check">Says why it cannot be deleted, by throwing.</param>
    public async Task<V1.Done> DeleteAsync(ServerCallContext call, string id, string etag, Func<ServiceContext, TRow, Task>? check = null)
    {
        ApiCaller caller = ApiCaller.Of(call);
        ApiErrors.Take(await store.ChangeAsync<bool>(caller.Scope, caller.Origin($"{kind}.delete"), async context =>
        {
            TRow row = await FindAsync(context, caller, id, call.CancellationToken);
            MustBe(row, etag);
            if (check is not null)
            {
                await check(context, row);
            }

            context.Remove(row);
            return true;
        }, call.CancellationToken));
        return new V1.Done();
    }

    /// <summary>Refuses what was changed meanwhile.</summary>
    public static void MustBe(Row row, string etag)
    {
        if (etag.Length > 0 && etag != ApiMapping.ETag(row))
        {
            throw ApiErrors.Changed(ApiMapping.ETag(row));
        }
    }

    private RpcException NotFound(string id) => ApiErrors.NotFound($"There is no {kind} '{(id.Length > InventoryLimits.MaxLabelCharacters ? "…" : id)}'.");
}
