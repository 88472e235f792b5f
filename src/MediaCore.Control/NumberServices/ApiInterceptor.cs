using System.Data.Common;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MediaCore.Control.Services;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Control.NumberServices;

/// <summary>
/// Stands before every call of <see cref="ApiMethods"/>: how often the caller calls, which tenant it acts for, whether it may do this, and whether the answer to its idempotency key is
/// known. Calls of other services pass.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="time">The clock of rates.</param>
/// <param name="node">What this server is called, for the calls that are lost with it.</param>
public sealed class ApiInterceptor(ServiceStore store, TimeProvider time, string node) : Interceptor
{
    /// <summary>The tenant that a call acts for: its identifier or name.</summary>
    public const string TenantHeader = "x-mediacore-tenant";

    /// <summary>The key under which a change is carried out once.</summary>
    public const string IdempotencyHeader = "idempotency-key";

    /// <summary>Steps from a tenant up to the platform; there are two, and a circle is not followed.</summary>
    private const int MaxTreeHeight = 8;

    private readonly CallRate _rate = new(time);
    private readonly AnswerMemory _answers = new(store, node);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(continuation);
        return ApiMethods.Find(context.Method) is { } method
            ? RunAsync(method, context, caller => method.IsChanging && context.RequestHeaders.GetValue(IdempotencyHeader) is { Length: > 0 } key
                ? _answers.RunAsync(caller, method, key, (IMessage)request, () => continuation(request, context), context.CancellationToken)
                : continuation(request, context))
            : continuation(request, context);
    }

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(continuation);
        return ApiMethods.Find(context.Method) is { } method ? RunAsync(method, context, _ => continuation(requestStream, context)) : continuation(requestStream, context);
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(continuation);
        return ApiMethods.Find(context.Method) is { } method
            ? RunAsync(method, context, async _ =>
            {
                await continuation(request, responseStream, context);
                return true;
            })
            : continuation(request, responseStream, context);
    }

    private async Task<T> RunAsync<T>(ApiMethod method, ServerCallContext context, Func<ApiCaller, Task<T>> run)
    {
        try
        {
            ApiCaller caller = await AdmitAsync(method, context);
            caller.Enter(context);
            return await run(caller);
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            throw ApiErrors.Unavailable("The database cannot be used at the moment; calls go on. Try again.");
        }
    }

    private async Task<ApiCaller> AdmitAsync(ApiMethod method, ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        ApiKeyIdentity? key = http.Features.Get<ApiKeyIdentity>();
        ControlIdentity identity = ControlIdentity.Of(context);
        string name = key?.Actor ?? identity.Name;
        if (!ReferenceEquals(identity, ControlIdentity.Local) && !_rate.TryTake(name, out TimeSpan wait))
        {
            throw ApiErrors.TooMany($"More than {ApiLimits.CallsPerSecond} calls a second; wait a moment.", wait);
        }

        TenantScope home = key?.Scope ?? TenantScope.Platform;
        var caller = new ApiCaller(name, ToText(http.Connection.RemoteIpAddress), home, home) { ApiKey = key, IsOperator = identity.IsOperator };
        if (!caller.Allows(method.Permission))
        {
            throw ApiErrors.Denied($"{method.Name} needs {method.Permission}, which {name} does not have.");
        }

        if (method.IsOfPlatform && !home.IsPlatform)
        {
            throw ApiErrors.Denied($"{method.Name} is the platform's to do.", "PLATFORM_ONLY");
        }

        return context.RequestHeaders.GetValue(TenantHeader) is { Length: > 0 } tenant ? caller with { Scope = await FindAsync(home, tenant, context.CancellationToken) } : caller;
    }

    private static string ToText(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "local";

    /// <summary>A tenant that is the caller's own or stands below it.</summary>
    private async Task<TenantScope> FindAsync(TenantScope home, string tenant, CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        bool isId = Guid.TryParse(tenant, out Guid id);
        Tenant? found = await context.Tenants.AsNoTracking().SingleOrDefaultAsync(row => isId ? row.Id == id : row.Name == tenant, cancellationToken);
        if (found is null || !await IsBelowAsync(context, found, home, cancellationToken))
        {
            throw ApiErrors.NotFound($"There is no tenant '{(tenant.Length > ApiLimits.MaxIdempotencyKeyCharacters ? "…" : tenant)}' that you can act for.");
        }

        return found.Id == Tenant.PlatformId ? TenantScope.Platform : TenantScope.Of(found.Id);
    }

    /// <summary>Whether a tenant is the other or stands below it.</summary>
    internal static async Task<bool> IsBelowAsync(ServiceContext context, Tenant tenant, TenantScope above, CancellationToken cancellationToken)
    {
        Tenant? at = tenant;
        for (int step = 0; at is not null && step < MaxTreeHeight; step++)
        {
            if (above.IsPlatform || at.Id == above.TenantId)
            {
                return true;
            }

            Guid? parent = at.ParentId;
            at = parent is null ? null : await context.Tenants.AsNoTracking().SingleOrDefaultAsync(row => row.Id == parent, cancellationToken);
        }

        return false;
    }
}
