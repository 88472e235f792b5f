using System.Net;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Identity;

/// <summary>A key that was made, with the text that is shown this once.</summary>
/// <param name="Row">What is kept.</param>
/// <param name="Key">The key itself.</param>
public sealed record NewApiKey(ApiKey Row, string Key)
{
    /// <summary>Without the key: a record's usual text would put it into logs.</summary>
    public override string ToString() => Row.Prefix;
}

/// <summary>Who a key is.</summary>
/// <param name="KeyId">The key's row.</param>
/// <param name="Scope">Its tenant.</param>
/// <param name="Actor">What stands in the audit.</param>
public sealed record ApiKeyIdentity(Guid KeyId, TenantScope Scope, string Actor)
{
    internal string Scopes { get; init; } = "";

    internal string? UserPermissions { get; init; }

    /// <summary>Whether the key may do something, and, when it is a person's, the person may still.</summary>
    public bool Allows(string permission) => Permissions.Allow(Scopes, permission) && (UserPermissions is null || Permissions.Allow(UserPermissions, permission));
}

/// <summary>
/// Keys of programs: <c>mck_</c>, twelve characters that find the row, <c>_</c>, and 44 random characters (255 bits). Kept is the SHA-256 of the whole: there is nothing to guess in
/// a random key, so the hash of a password, which is slow on purpose, would only slow down every request.
/// </summary>
public sealed class ApiKeys(ServiceStore store)
{
    /// <summary>What every key begins with, so that searchers for leaked secrets know it.</summary>
    public const string Mark = "mck_";

    /// <summary>Longest overlap of a key and the one that takes its place.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    private const int PrefixLength = 12;
    private const int SecretLength = 44;
    private const long LastUsedStepMs = 5 * 60 * 1000;

    /// <summary>Makes a key.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="scopes">What it may do, <see cref="Permissions"/>.</param>
    /// <param name="actor">Who.</param>
    /// <param name="networks">Networks it may be used from, as <c>192.0.2.0/24</c>; none for everywhere.</param>
    /// <param name="expires">When it ends; null for never.</param>
    /// <param name="userId">The person whose permissions bound it; null for a key of the tenant.</param>
    /// <param name="cancellationToken">Ends the change.</param>
    public Task<StoreResult<NewApiKey>> CreateAsync(
        TenantScope scope,
        string name,
        IReadOnlyCollection<string> scopes,
        string actor,
        IReadOnlyCollection<string>? networks = null,
        DateTimeOffset? expires = null,
        Guid? userId = null,
        CancellationToken cancellationToken = default)
        => store.ChangeAsync<NewApiKey>(scope, new ChangeOrigin(actor, "key.create"), async context =>
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > InventoryLimits.MaxLabelCharacters)
            {
                return StoreResult.Invalid($"A name has 1 to {InventoryLimits.MaxLabelCharacters} characters.");
            }

            if (Permissions.Check(scopes) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            if (networks?.FirstOrDefault(static network => !IPNetwork.TryParse(network, out _)) is { } bad)
            {
                return StoreResult.Invalid($"'{bad}' is no network: write it as 192.0.2.0/24.");
            }

            if (userId is { } user && !await context.Users.AnyAsync(row => row.Id == user && row.TenantId == scope.TenantId, cancellationToken))
            {
                return StoreResult.NotFound($"There is no user {user}.");
            }

            return Add(context, new ApiKey
            {
                TenantId = scope.TenantId,
                Name = name,
                UserId = userId,
                Scopes = Permissions.Join(scopes),
                Networks = string.Join('\n', networks ?? []),
                ExpiresAtMs = expires?.ToUnixTimeMilliseconds(),
            });
        }, cancellationToken);

    /// <summary>Makes a key that takes another's place; both work for the length of the overlap.</summary>
    public Task<StoreResult<NewApiKey>> RotateAsync(TenantScope scope, Guid keyId, TimeSpan overlap, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<NewApiKey>(scope, new ChangeOrigin(actor, "key.rotate"), async context =>
        {
            if (overlap < TimeSpan.Zero || overlap > MaxOverlap)
            {
                return StoreResult.Invalid($"The overlap is 0 to {MaxOverlap.TotalDays} days.");
            }

            long now = store.NowMs;
            if (await context.ApiKeys.SingleOrDefaultAsync(row => row.Id == keyId, cancellationToken) is not { RevokedAtMs: null } old || old.ExpiresAtMs <= now)
            {
                return StoreResult.NotFound($"There is no key {keyId} in use.");
            }

            var fresh = new ApiKey { TenantId = old.TenantId, Name = old.Name, UserId = old.UserId, Scopes = old.Scopes, Networks = old.Networks, ExpiresAtMs = old.ExpiresAtMs, RotatedFromId = old.Id };
            long end = now + (long)overlap.TotalMilliseconds;
            old.ExpiresAtMs = Math.Min(old.ExpiresAtMs ?? end, end);
            return Add(context, fresh);
        }, cancellationToken);

    /// <summary>Withdraws a key at once.</summary>
    public Task<StoreResult<ApiKey>> RevokeAsync(TenantScope scope, Guid keyId, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<ApiKey>(scope, new ChangeOrigin(actor, "key.revoke"), async context =>
        {
            if (await context.ApiKeys.SingleOrDefaultAsync(row => row.Id == keyId, cancellationToken) is not { } row)
            {
                return StoreResult.NotFound($"There is no key {keyId}.");
            }

            row.RevokedAtMs ??= store.NowMs;
            return row;
        }, cancellationToken);

    /// <summary>Who a key is; null for one that is none, is over, was withdrawn, comes from elsewhere, or whose tenant is suspended: a stranger is not told which.</summary>
    public async Task<ApiKeyIdentity?> VerifyAsync(string key, IPAddress? from = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != Mark.Length + PrefixLength + 1 + SecretLength || !key.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        string prefix = key.Substring(Mark.Length, PrefixLength);
        await using ServiceContext context = store.Open(TenantScope.Platform);
        var found = await context.ApiKeys.AsNoTracking().Where(row => row.Prefix == prefix)
            .Join(context.Tenants, static row => row.TenantId, static tenant => tenant.Id, static (row, tenant) => new { Row = row, tenant.Suspended })
            .SingleOrDefaultAsync(cancellationToken);
        long now = store.NowMs;
        if (found is null || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(found.Row.Hash), Encoding.ASCII.GetBytes(HashOf(key)))
            || found.Suspended || found.Row.RevokedAtMs is not null || found.Row.ExpiresAtMs <= now || !MayComeFrom(found.Row.Networks, from))
        {
            return null;
        }

        string? permissions = null;
        if (found.Row.UserId is { } user)
        {
            if (!await context.Users.AnyAsync(row => row.Id == user && !row.Disabled, cancellationToken))
            {
                return null;
            }

            permissions = string.Join('\n', await context.UserRoles.Where(row => row.UserId == user)
                .Join(context.Roles, static row => row.RoleId, static role => role.Id, static (_, role) => role.Permissions).ToListAsync(cancellationToken));
        }

        if (found.Row.LastUsedAtMs is not { } last || now - last >= LastUsedStepMs)
        {
            // Not a change of configuration: nobody waits for it, and it is not audited.
            await context.ApiKeys.Where(row => row.Id == found.Row.Id).ExecuteUpdateAsync(set => set.SetProperty(static row => row.LastUsedAtMs, now), cancellationToken);
        }

        TenantScope scope = found.Row.TenantId == Tenant.PlatformId ? TenantScope.Platform : TenantScope.Of(found.Row.TenantId);
        return new ApiKeyIdentity(found.Row.Id, scope, $"key:{found.Row.Prefix}") { Scopes = found.Row.Scopes, UserPermissions = permissions };
    }

    private static StoreResult<NewApiKey> Add(ServiceContext context, ApiKey row)
    {
        row.Prefix = RandomNumberGenerator.GetString(Alphabet, PrefixLength);
        string key = $"{Mark}{row.Prefix}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";
        row.Hash = HashOf(key);
        context.ApiKeys.Add(row);
        return new NewApiKey(row, key);
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static bool MayComeFrom(string networks, IPAddress? from)
        => networks.Length == 0 || (from is not null && networks.Split('\n').Any(network => IPNetwork.Parse(network).Contains(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from)));
}
