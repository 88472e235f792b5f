using System.Net;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Tenants</c>: tenants, people, roles, keys and the audit.</summary>
public sealed class TenantsService(ServiceStore store, SipAccounts accounts) : V1.Tenants.TenantsBase
{
    private readonly MediaCore.Numbers.Identity.Tenants _tenants = new(store);
    private readonly ApiKeys _keys = new(store);
    private readonly Rows<Model.User> _users = new(store, "user", static row => row.Name);
    private readonly Rows<Model.SipAccount> _accounts = new(store, "account", static row => row.Name);
    private readonly Rows<Model.Role> _roles = new(store, "role", static row => row.Name);
    private readonly Rows<Model.ApiKey> _keyRows = new(store, "key");

    /// <inheritdoc/>
    public override async Task<ListTenantsResponse> ListTenants(PageRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid after = ApiMapping.IdFromToken(request.PageToken);
        int size = ApiMapping.PageSize(request.PageSize);
        await using ServiceContext database = store.Open(TenantScope.Platform);
        IQueryable<Model.Tenant> rows = database.Tenants.AsNoTracking();
        if (!caller.Scope.IsPlatform)
        {
            Guid mine = caller.TenantId;
            rows = rows.Where(row => row.Id == mine || row.ParentId == mine);
        }

        if (after != Guid.Empty)
        {
            rows = rows.Where(row => row.Id.CompareTo(after) > 0);
        }

        List<Model.Tenant> page = await rows.OrderBy(static row => row.Id).Take(size + 1).ToListAsync(context.CancellationToken);
        return new ListTenantsResponse
        {
            Tenants = { page.Take(size).Select(ToMessage) },
            NextPageToken = page.Count > size ? ApiMapping.ToToken(page[size - 1].Id.ToString()) : "",
        };
    }

    /// <inheritdoc/>
    public override async Task<Tenant> GetTenant(EntityRequest request, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(TenantScope.Platform);
        return ToMessage(await FindAsync(database, ApiCaller.Of(context), request.Id, context.CancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<Tenant> CreateTenant(TenantChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Model.TenantKind kind = ApiMapping.From<Model.TenantKind>(request.Kind, Model.TenantKind.Customer, "kind");
        await using (ServiceContext database = store.Open(TenantScope.Platform))
        {
            Model.Tenant parent = await FindAsync(database, caller, "", context.CancellationToken);
            if (parent.Kind == Model.TenantKind.Customer || (parent.Kind == Model.TenantKind.Reseller && kind != Model.TenantKind.Customer))
            {
                throw ApiErrors.Denied("A customer has no tenants of its own, and a reseller has customers alone.", "TENANT_TREE");
            }
        }

        if (ReadTrunks(caller, request) is not null || request.HasFeatureCodes)
        {
            throw ApiErrors.Invalid("trunks", "Trunks and feature codes are set when the tenant is there.");
        }

        return ToMessage(ApiErrors.Take(
            await _tenants.CreateAsync(
                ApiMapping.Name(request.Name),
                caller.Actor,
                kind,
                request.HasTimeZone ? request.TimeZone : "Etc/UTC",
                request.HasLanguage ? ApiMapping.Language(request.Language) : "en",
                caller.TenantId,
                context.CancellationToken),
            "time_zone",
            StatusCode.AlreadyExists));
    }

    /// <inheritdoc/>
    public override async Task<Tenant> UpdateTenant(TenantChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        return ToMessage(ApiErrors.Take(
            await store.ChangeAsync<Model.Tenant>(TenantScope.Platform, caller.Origin(request.HasSuspended ? request.Suspended ? "tenant.suspend" : "tenant.resume" : "tenant.change"), async database =>
            {
                Model.Tenant row = await FindAsync(database, caller, request.Id, context.CancellationToken);
                Rows<Model.User>.MustBe(row, request.Etag);
                if (request.HasKind && ApiMapping.From<Model.TenantKind>(request.Kind, row.Kind, "kind") != row.Kind)
                {
                    throw ApiErrors.Precondition("A tenant's place in the tree does not change.");
                }

                if (request.HasSuspended)
                {
                    if (row.Id == caller.Home.TenantId)
                    {
                        throw ApiErrors.Denied("Nobody suspends himself: it is for the tenant above.", "TENANT_TREE");
                    }

                    row.Suspended = request.Suspended;
                }

                row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
                row.TimeZone = request.HasTimeZone ? ApiMapping.Zone(request.TimeZone) : row.TimeZone;
                row.Language = request.HasLanguage ? ApiMapping.Language(request.Language) : row.Language;
                row.RecordsCalls = request.HasRecordsCalls ? request.RecordsCalls : row.RecordsCalls;
                row.RecordingDays = request.HasRecordingDays ? ApiMapping.Number(request.RecordingDays, 0, 36_500, "recording_days") : row.RecordingDays;
                row.NoFeatureCodes = request.HasFeatureCodes ? !request.FeatureCodes : row.NoFeatureCodes;
                row.Trunks = ReadTrunks(caller, request) ?? row.Trunks;
                return row;
            }, context.CancellationToken),
            "name",
            StatusCode.AlreadyExists));
    }

    /// <inheritdoc/>
    public override async Task<ListUsersResponse> ListUsers(PageRequest request, ServerCallContext context)
    {
        (List<Model.User> rows, string next) = await _users.ListAsync(context, request.PageSize, request.PageToken);
        ListUsersResponse response = new() { NextPageToken = next };
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        ILookup<Guid, string> roles = await RolesAsync(database, [.. rows.Select(static row => row.Id)], context.CancellationToken);
        response.Users.AddRange(rows.Select(row => ToMessage(row, roles[row.Id])));
        return response;
    }

    /// <inheritdoc/>
    public override async Task<User> GetUser(EntityRequest request, ServerCallContext context)
        => await WithRolesAsync(await _users.GetAsync(context, request.Id, static row => row), context);

    /// <inheritdoc/>
    public override async Task<User> CreateUser(UserChange request, ServerCallContext context)
    {
        Model.User made = await _users.CreateAsync(context, async database =>
        {
            var row = new Model.User { TenantId = ApiCaller.Of(context).TenantId, Name = ApiMapping.Name(request.Name) };
            await ApplyAsync(database, row, request, context);
            return row;
        });
        return await WithRolesAsync(made, context);
    }

    /// <inheritdoc/>
    public override async Task<User> UpdateUser(UserChange request, ServerCallContext context)
        => await WithRolesAsync(await _users.ChangeAsync(context, request.Id, request.Etag, (database, row) => ApplyAsync(database, row, request, context)), context);

    /// <inheritdoc/>
    public override Task<Done> DeleteUser(DeleteEntityRequest request, ServerCallContext context) => _users.DeleteAsync(context, request.Id, request.Etag, async (database, row) =>
    {
        // A key that a person's permissions bound ends with them.
        foreach (Model.ApiKey key in await database.ApiKeys.Where(key => key.UserId == row.Id && key.RevokedAtMs == null).ToListAsync(context.CancellationToken))
        {
            key.RevokedAtMs = store.NowMs;
        }

        // Deleted here and not by the database, so that the audit has them.
        database.RemoveRange(await database.UserRoles.Where(role => role.UserId == row.Id).ToListAsync(context.CancellationToken));
        foreach (Model.Agent agent in await database.Agents.Where(agent => agent.UserId == row.Id).ToListAsync(context.CancellationToken))
        {
            database.RemoveRange(await database.QueueMemberships.Where(member => member.AgentId == agent.Id).ToListAsync(context.CancellationToken));
            database.Remove(agent);
        }
    });

    /// <inheritdoc/>
    public override async Task<ListAccountsResponse> ListAccounts(PageRequest request, ServerCallContext context)
    {
        (List<Model.SipAccount> rows, string next) = await _accounts.ListAsync(context, request.PageSize, request.PageToken);
        return new ListAccountsResponse { Accounts = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<NewAccount> CreateAccount(AccountChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        string password = request.HasPassword ? request.Password : GeneratedPassword.Create();
        Model.SipAccount row = ApiErrors.Take(await accounts.CreateAsync(caller.Scope, request.Name, password, caller.Actor, context.CancellationToken), "name", StatusCode.AlreadyExists);
        return new NewAccount { Account = ToMessage(row), Password = request.HasPassword ? "" : password };
    }

    /// <inheritdoc/>
    public override async Task<Account> UpdateAccount(AccountChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Model.SipAccount row = await _accounts.GetAsync(context, request.Id, static row => row);
        Rows<Model.SipAccount>.MustBe(row, request.Etag);
        if (request.HasPassword)
        {
            row = ApiErrors.Take(await accounts.SetPasswordAsync(caller.Scope, row.Name, request.Password, caller.Actor, context.CancellationToken), "password");
        }

        if (request.HasDisabled)
        {
            row = ApiErrors.Take(await accounts.DisableAsync(caller.Scope, row.Name, request.Disabled, caller.Actor, context.CancellationToken));
        }

        return ToMessage(row);
    }

    /// <inheritdoc/>
    public override Task<Done> DeleteAccount(DeleteEntityRequest request, ServerCallContext context) => _accounts.DeleteAsync(context, request.Id, request.Etag);

    /// <inheritdoc/>
    public override async Task<ListRolesResponse> ListRoles(PageRequest request, ServerCallContext context)
    {
        (List<Model.Role> rows, string next) = await _roles.ListAsync(context, request.PageSize, request.PageToken);
        return new ListRolesResponse { Roles = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<Role> CreateRole(RoleChange request, ServerCallContext context) => ToMessage(await _roles.CreateAsync(context, _ =>
        Task.FromResult(new Model.Role { Name = ApiMapping.Name(request.Name), Permissions = ReadPermissions(request.Permissions, "permissions", context) })));

    /// <inheritdoc/>
    public override async Task<Role> UpdateRole(RoleChange request, ServerCallContext context) => ToMessage(await _roles.ChangeAsync(context, request.Id, request.Etag, (_, row) =>
    {
        // Who takes permissions away must have them too: a role that stands above one's own is not one's to change.
        ApiCaller.Of(context).MustHave(Permissions.Split(row.Permissions));
        row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        row.Permissions = request.Permissions.Count > 0 ? ReadPermissions(request.Permissions, "permissions", context) : row.Permissions;
        return Task.CompletedTask;
    }));

    /// <inheritdoc/>
    public override Task<Done> DeleteRole(DeleteEntityRequest request, ServerCallContext context) => _roles.DeleteAsync(context, request.Id, request.Etag, async (database, row) =>
    {
        ApiCaller.Of(context).MustHave(Permissions.Split(row.Permissions));
        if (await database.UserRoles.AnyAsync(role => role.RoleId == row.Id, context.CancellationToken))
        {
            throw ApiErrors.Precondition("Somebody has this role: take it from all of them first.");
        }
    });

    /// <inheritdoc/>
    public override async Task<ListKeysResponse> ListKeys(PageRequest request, ServerCallContext context)
    {
        (List<Model.ApiKey> rows, string next) = await _keyRows.ListAsync(context, request.PageSize, request.PageToken);
        return new ListKeysResponse { Keys = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<NewKey> CreateKey(CreateKeyRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        ReadPermissions(request.Scopes, "scopes", context);
        if (request.Networks.FirstOrDefault(static network => !IPNetwork.TryParse(network, out _)) is not null)
        {
            throw ApiErrors.Invalid("networks", "Write a network as 192.0.2.0/24.");
        }

        Guid? user = null;
        if (request.User.Length > 0)
        {
            await using ServiceContext database = store.Open(caller.Scope);
            user = (await _users.FindAsync(database, caller, request.User, context.CancellationToken, "user")).Id;
        }

        return ToMessage(ApiErrors.Take(await _keys.CreateAsync(
            caller.Scope, ApiMapping.Name(request.Name), request.Scopes, caller.Actor, request.Networks, ApiMapping.Moment(request.ExpiresAt, "expires_at"), user, context.CancellationToken)));
    }

    /// <inheritdoc/>
    public override async Task<NewKey> RotateKey(RotateKeyRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Model.ApiKey row = await _keyRows.GetAsync(context, request.Id, static row => row);
        caller.MustHave(Permissions.Split(row.Scopes));
        Mapping.Problems problems = new();
        TimeSpan overlap = Mapping.DurationMapping.Read(request.Overlap, TimeSpan.FromDays(1), "overlap", problems);
        return problems.First is { } problem
            ? throw ApiErrors.Invalid("overlap", problem)
            : ToMessage(ApiErrors.Take(await _keys.RotateAsync(caller.Scope, row.Id, overlap, caller.Actor, context.CancellationToken), "overlap"));
    }

    /// <inheritdoc/>
    public override async Task<Key> RevokeKey(EntityRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Guid id = await _keyRows.GetAsync(context, request.Id, static row => row.Id);
        return ToMessage(ApiErrors.Take(await _keys.RevokeAsync(caller.Scope, id, caller.Actor, context.CancellationToken)));
    }

    /// <inheritdoc/>
    public override async Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        int size = ApiMapping.PageSize(request.PageSize);
        await using ServiceContext database = store.Open(caller.Scope);
        Guid tenant = caller.TenantId;
        IQueryable<Model.AuditEvent> rows = database.Audit.AsNoTracking().Where(row => row.TenantId == tenant);
        if (ApiMapping.FromToken(request.PageToken) is { } token)
        {
            long before = long.TryParse(token, out long seq) ? seq : throw ApiMapping.BadToken();
            rows = rows.Where(row => row.Seq < before);
        }

        if (request.EntityId.Length > 0)
        {
            Guid entity = Guid.TryParse(request.EntityId, out Guid id) ? id : throw ApiErrors.Invalid("entity_id", "This is no identifier.");
            rows = rows.Where(row => row.EntityId == entity);
        }

        if (request.Action.Length > 0)
        {
            string action = request.Action;
            rows = rows.Where(row => row.Action == action);
        }

        List<Model.AuditEvent> page = await rows.OrderByDescending(static row => row.Seq).Take(size + 1).ToListAsync(context.CancellationToken);
        return new ListAuditResponse
        {
            Records = { page.Take(size).Select(ToMessage) },
            NextPageToken = page.Count > size ? ApiMapping.ToToken(page[size - 1].Seq.ToString()) : "",
        };
    }

    private static string ReadPermissions(IReadOnlyCollection<string> permissions, string field, ServerCallContext context)
    {
        if (Permissions.Check(permissions) is { } wrong)
        {
            throw ApiErrors.Invalid(field, wrong);
        }

        ApiCaller.Of(context).MustHave(permissions);
        return Permissions.Join(permissions);
    }

    /// <summary>A tenant that is the caller's or stands below it; an empty identifier is the one that the call acts for.</summary>
    private static async Task<Model.Tenant> FindAsync(ServiceContext database, ApiCaller caller, string id, CancellationToken cancellationToken)
    {
        bool isId = Guid.TryParse(id, out Guid key);
        if (id.Length == 0)
        {
            (isId, key) = (true, caller.TenantId);
        }

        Model.Tenant? row = await database.Tenants.SingleOrDefaultAsync(each => isId ? each.Id == key : each.Name == id, cancellationToken);
        return row is not null && await ApiInterceptor.IsBelowAsync(database, row, caller.Scope, cancellationToken) ? row : throw ApiErrors.NotFound("There is no such tenant.");
    }

    private async Task ApplyAsync(ServiceContext database, Model.User row, UserChange request, ServerCallContext context)
    {
        row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        row.DisplayName = request.HasDisplayName ? ApiMapping.Text(request.DisplayName, "display_name") : row.DisplayName;
        row.Mail = request.HasMail ? ApiMapping.TextOrNull(request.Mail, "mail") : row.Mail;
        if (request.HasAccount)
        {
            row.Account = request.Account.Length == 0 ? null : InventoryRules.CheckAccountName(request.Account) is { } wrong ? throw ApiErrors.Invalid("account", wrong) : request.Account;
        }

        row.Extension = request.HasExtension ? await ReadExtensionAsync(database, row, request.Extension, context.CancellationToken) : row.Extension;
        row.DoNotDisturb = request.HasDoNotDisturb ? request.DoNotDisturb : row.DoNotDisturb;
        if (request.HasForwardTo)
        {
            row.ForwardTo = request.ForwardTo.Length == 0 ? null : InventoryRules.CheckE164(request.ForwardTo) is { } unknown ? throw ApiErrors.Invalid("forward_to", unknown) : request.ForwardTo;
        }

        row.Disabled = request.HasDisabled ? request.Disabled : row.Disabled;
        if (request.Roles.Count == 0)
        {
            return;
        }

        List<Model.UserRole> before = await database.UserRoles.Where(role => role.UserId == row.Id).ToListAsync(context.CancellationToken);
        HashSet<Guid> wanted = [];
        foreach (string name in request.Roles.Distinct(StringComparer.Ordinal))
        {
            Model.Role role = await _roles.FindAsync(database, ApiCaller.Of(context), name, context.CancellationToken, "roles");
            wanted.Add(role.Id);
            if (!before.Exists(had => had.RoleId == role.Id))
            {
                ApiCaller.Of(context).MustHave(Permissions.Split(role.Permissions));
                database.UserRoles.Add(new Model.UserRole { TenantId = row.TenantId, UserId = row.Id, RoleId = role.Id });
            }
        }

        database.RemoveRange(before.Where(had => !wanted.Contains(had.RoleId)));
    }

    /// <summary>The trunks that a tenant is to be allowed; null where nothing is said of them. Whoever runs the servers says it, not the tenant nor its reseller.</summary>
    private static string? ReadTrunks(ApiCaller caller, TenantChange request)
    {
        if (request.Trunks.Count == 0 && !request.NoTrunks)
        {
            return null;
        }

        if (!caller.Home.IsPlatform)
        {
            throw ApiErrors.Denied("Which trunks a tenant may use is the platform's to say.", "PLATFORM_ONLY");
        }

        return request.NoTrunks && request.Trunks.Count > 0 ? throw ApiErrors.Invalid("no_trunks", "Either trunks are given or they are taken away.")
            : request.Trunks.Count > ApiLimits.MaxTrunks ? throw ApiErrors.Invalid("trunks", $"There are at most {ApiLimits.MaxTrunks}.")
            : string.Join('\n', request.Trunks.Select(static trunk => ApiMapping.Name(trunk, "trunks")).Distinct(StringComparer.Ordinal));
    }

    /// <summary>An extension that nobody else of the tenant has; null for none.</summary>
    private static async Task<string?> ReadExtensionAsync(ServiceContext database, Model.User row, string extension, CancellationToken cancellationToken)
    {
        if (extension.Length == 0)
        {
            return null;
        }

        if (InventoryRules.CheckExtension(extension) is { } wrong)
        {
            throw ApiErrors.Invalid("extension", wrong);
        }

        return await database.Users.AnyAsync(other => other.TenantId == row.TenantId && other.Extension == extension && other.Id != row.Id, cancellationToken)
            ? throw ApiErrors.Exists($"Somebody has the extension {extension} already.")
            : extension;
    }

    private async Task<User> WithRolesAsync(Model.User row, ServerCallContext context)
    {
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        return ToMessage(row, (await RolesAsync(database, [row.Id], context.CancellationToken))[row.Id]);
    }

    private static async Task<ILookup<Guid, string>> RolesAsync(ServiceContext database, Guid[] users, CancellationToken cancellationToken)
        => (await database.UserRoles.AsNoTracking().Where(role => users.Contains(role.UserId))
            .Join(database.Roles, static role => role.RoleId, static role => role.Id, static (had, role) => new { had.UserId, role.Name }).ToListAsync(cancellationToken))
            .OrderBy(static each => each.Name, StringComparer.Ordinal).ToLookup(static each => each.UserId, static each => each.Name);

    private static Tenant ToMessage(Model.Tenant row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        ParentId = row.ParentId?.ToString() ?? "",
        Kind = ApiMapping.To<Tenant.Types.Kind>(row.Kind),
        Name = row.Name,
        Suspended = row.Suspended,
        TimeZone = row.TimeZone,
        Language = row.Language,
        RecordsCalls = row.RecordsCalls,
        RecordingDays = row.RecordingDays,
        Trunks = { row.Trunks.Split('\n', StringSplitOptions.RemoveEmptyEntries) },
        FeatureCodes = !row.NoFeatureCodes,
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static User ToMessage(Model.User row, IEnumerable<string> roles) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        DisplayName = row.DisplayName,
        Mail = row.Mail ?? "",
        Account = row.Account ?? "",
        Extension = row.Extension ?? "",
        DoNotDisturb = row.DoNotDisturb,
        ForwardTo = row.ForwardTo ?? "",
        Disabled = row.Disabled,
        Roles = { roles },
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static Account ToMessage(Model.SipAccount row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        Disabled = row.Disabled,
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static Role ToMessage(Model.Role row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        Permissions = { Permissions.Split(row.Permissions) },
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static Key ToMessage(Model.ApiKey row) => new()
    {
        Id = row.Id.ToString(),
        Name = row.Name,
        Prefix = row.Prefix,
        UserId = row.UserId?.ToString() ?? "",
        Scopes = { Permissions.Split(row.Scopes) },
        Networks = { Permissions.Split(row.Networks) },
        ExpiresAt = ApiMapping.Time(row.ExpiresAtMs),
        RevokedAt = ApiMapping.Time(row.RevokedAtMs),
        RotatedFromId = row.RotatedFromId?.ToString() ?? "",
        LastUsedAt = ApiMapping.Time(row.LastUsedAtMs),
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };

    private static NewKey ToMessage(NewApiKey key) => new() { Key = ToMessage(key.Row), Secret = key.Key };

    private static AuditRecord ToMessage(Model.AuditEvent row) => new()
    {
        Seq = row.Seq,
        At = ApiMapping.Time(row.AtMs),
        Actor = row.Actor,
        Action = row.Action,
        Entity = row.Entity,
        EntityId = row.EntityId.ToString(),
        Changes = row.Changes,
    };
}
