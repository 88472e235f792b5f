using System.Collections.Immutable;
using System.Text;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Sip.Authentication;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Identity;

/// <summary>Credentials of tenants' phones. Passwords are not kept, only their digests for one realm.</summary>
/// <param name="store">The database.</param>
/// <param name="realm">Digest realm of the servers (<c>sip.realm</c>).</param>
public sealed class SipAccounts(ServiceStore store, string realm)
{
    /// <summary>Makes an account.</summary>
    public Task<StoreResult<SipAccount>> CreateAsync(TenantScope scope, string name, string password, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<SipAccount>(scope, new ChangeOrigin(actor, "account.create"), async context =>
        {
            if ((InventoryRules.CheckAccountName(name) ?? InventoryRules.CheckPassword(password)) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            // Past the tenant's filter: a name that another tenant has is taken, and the same is said of it.
            if (await context.SipAccounts.IgnoreQueryFilters().AnyAsync(row => row.Name == name, cancellationToken))
            {
                return StoreResult.Conflict($"There is an account '{name}' already.");
            }

            var account = new SipAccount { TenantId = scope.TenantId, Name = name };
            SetSecret(account, password);
            context.SipAccounts.Add(account);
            return account;
        }, cancellationToken);

    /// <summary>Sets another password.</summary>
    public Task<StoreResult<SipAccount>> SetPasswordAsync(TenantScope scope, string name, string password, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(scope, name, new ChangeOrigin(actor, "account.password"), account =>
        {
            if (InventoryRules.CheckPassword(password) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            SetSecret(account, password);
            return account;
        }, cancellationToken);

    /// <summary>Disables an account, or ends that.</summary>
    public Task<StoreResult<SipAccount>> DisableAsync(TenantScope scope, string name, bool disabled, string actor, CancellationToken cancellationToken = default)
        => ChangeAsync(scope, name, new ChangeOrigin(actor, disabled ? "account.disable" : "account.enable"), account =>
        {
            account.Disabled = disabled;
            return account;
        }, cancellationToken);

    /// <summary>Removes an account; its phones are forgotten with their registrations.</summary>
    public Task<StoreResult<SipAccount>> RemoveAsync(TenantScope scope, string name, string actor, CancellationToken cancellationToken = default)
        => store.ChangeAsync<SipAccount>(scope, new ChangeOrigin(actor, "account.remove"), async context =>
        {
            if (await context.SipAccounts.SingleOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } account)
            {
                return NotThere(name);
            }

            context.SipAccounts.Remove(account);
            return account;
        }, cancellationToken);

    /// <summary>The accounts that may register, of all tenants that are not suspended.</summary>
    internal async Task<ImmutableArray<Account>> ReadAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        List<SipAccount> rows = await context.SipAccounts.AsNoTracking()
            .Where(row => !row.Disabled && row.Realm == realm && !context.Tenants.Any(tenant => tenant.Id == row.TenantId && tenant.Suspended))
            .ToListAsync(cancellationToken);
        return [.. rows.Select(static row => new Account(row.Name, new DigestSecret(Encoding.ASCII.GetBytes(row.Ha1Md5), Encoding.ASCII.GetBytes(row.Ha1Sha256), Encoding.ASCII.GetBytes(row.Ha1Sha512256))))];
    }

    private static StoreResult NotThere(string name) => StoreResult.NotFound($"There is no account '{name}'.");

    private Task<StoreResult<SipAccount>> ChangeAsync(TenantScope scope, string name, ChangeOrigin origin, Func<SipAccount, StoreResult<SipAccount>> change, CancellationToken cancellationToken)
        => store.ChangeAsync(scope, origin, async context
            => await context.SipAccounts.SingleOrDefaultAsync(row => row.Name == name, cancellationToken) is { } account ? change(account) : NotThere(name), cancellationToken);

    private void SetSecret(SipAccount account, string password)
    {
        DigestSecret secret = DigestSecret.Create(account.Name, realm, password);
        account.Realm = realm;
        account.Ha1Md5 = Encoding.ASCII.GetString(secret.Md5Ha1Hex);
        account.Ha1Sha256 = Encoding.ASCII.GetString(secret.Sha256Ha1Hex);
        account.Ha1Sha512256 = Encoding.ASCII.GetString(secret.Sha512256Ha1Hex);
    }
}
