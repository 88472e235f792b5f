using System.Text.Json;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// The number service's database as one tenant sees it: a global filter on every kind of row keeps other tenants' out of each query, and
/// <see cref="AuditInterceptor"/> keeps them from being written. Tables and columns are in snake_case; enumerations are stored by name, times as
/// milliseconds of Unix time, documents as JSON text.
/// </summary>
public abstract class ServiceContext : DbContext
{
    private protected ServiceContext(DbContextOptions options, TenantScope scope)
        : base(options)
    {
        Scope = scope;
        TenantId = scope.TenantId;
        SeesAll = scope.IsPlatform;
    }

    /// <summary>On whose behalf.</summary>
    public TenantScope Scope { get; }

    /// <summary>Tenants.</summary>
    public DbSet<Tenant> Tenants => Set<Tenant>();

    /// <summary>People.</summary>
    public DbSet<User> Users => Set<User>();

    /// <summary>Credentials of phones.</summary>
    public DbSet<SipAccount> SipAccounts => Set<SipAccount>();

    /// <summary>Roles.</summary>
    public DbSet<Role> Roles => Set<Role>();

    /// <summary>Who has which role.</summary>
    public DbSet<UserRole> UserRoles => Set<UserRole>();

    /// <summary>Keys of programs.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>The inventory.</summary>
    public DbSet<VirtualNumber> Numbers => Set<VirtualNumber>();

    /// <summary>What numbers lead to.</summary>
    public DbSet<NumberAssignment> Assignments => Set<NumberAssignment>();

    /// <summary>Routing plans.</summary>
    public DbSet<RoutingPlan> RoutingPlans => Set<RoutingPlan>();

    /// <summary>Their revisions.</summary>
    public DbSet<RoutingPlanRevision> RoutingPlanRevisions => Set<RoutingPlanRevision>();

    /// <summary>Menus.</summary>
    public DbSet<Menu> Menus => Set<Menu>();

    /// <summary>Their revisions.</summary>
    public DbSet<MenuRevision> MenuRevisions => Set<MenuRevision>();

    /// <summary>Business hours.</summary>
    public DbSet<Schedule> Schedules => Set<Schedule>();

    /// <summary>Prompts.</summary>
    public DbSet<Prompt> Prompts => Set<Prompt>();

    /// <summary>Queues.</summary>
    public DbSet<CallQueue> Queues => Set<CallQueue>();

    /// <summary>Who answers them.</summary>
    public DbSet<QueueMembership> QueueMemberships => Set<QueueMembership>();

    /// <summary>Who waits in them, and waited.</summary>
    public DbSet<QueueEntry> QueueEntries => Set<QueueEntry>();

    /// <summary>Agents.</summary>
    public DbSet<Agent> Agents => Set<Agent>();

    /// <summary>Voicemail boxes.</summary>
    public DbSet<VoicemailBox> VoicemailBoxes => Set<VoicemailBox>();

    /// <summary>Voicemail messages.</summary>
    public DbSet<VoicemailMessage> VoicemailMessages => Set<VoicemailMessage>();

    /// <summary>SMS and MMS.</summary>
    public DbSet<TextMessage> Messages => Set<TextMessage>();

    /// <summary>Calls that have ended.</summary>
    public DbSet<CallEntry> Calls => Set<CallEntry>();

    /// <summary>What was decided for calls.</summary>
    public DbSet<CallTrace> CallTraces => Set<CallTrace>();

    /// <summary>Long work.</summary>
    public DbSet<Job> Jobs => Set<Job>();

    /// <summary>What changing calls of the API were answered.</summary>
    public DbSet<ApiAnswer> ApiAnswers => Set<ApiAnswer>();

    /// <summary>Every change.</summary>
    public DbSet<AuditEvent> Audit => Set<AuditEvent>();

    internal DbSet<StoreState> State => Set<StoreState>();

    /// <summary>Who changes, and what the change is called; set for the length of one change.</summary>
    internal ChangeOrigin? Origin { get; set; }

    /// <summary>Read by the filters; EF makes parameters of it.</summary>
    internal Guid TenantId { get; }

    /// <summary>Read by the filters; EF makes parameters of it.</summary>
    internal bool SeesAll { get; }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Tenant>(e =>
        {
            e.ToTable("tenants");
            e.HasIndex(row => row.Name).IsUnique();
            e.HasQueryFilter(row => SeesAll || row.Id == TenantId);
            e.HasData(new Tenant { Id = Tenant.PlatformId, Kind = TenantKind.Platform, Name = "platform" });
        });
        Tenanted<User>(modelBuilder, "users", static e =>
        {
            e.HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
            e.HasIndex(row => new { row.TenantId, row.Extension }).IsUnique();
        });
        Tenanted<SipAccount>(modelBuilder, "sip_accounts").HasIndex(row => row.Name).IsUnique();
        Tenanted<Role>(modelBuilder, "roles").HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        Tenanted<UserRole>(modelBuilder, "user_roles", e =>
        {
            e.HasIndex(row => new { row.UserId, row.RoleId }).IsUnique();
            e.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Role>().WithMany().HasForeignKey(row => row.RoleId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<ApiKey>(modelBuilder, "api_keys").HasIndex(row => row.Prefix).IsUnique();
        modelBuilder.Entity<VirtualNumber>(e =>
        {
            e.ToTable("inventory");
            e.HasIndex(row => row.Number).IsUnique();
            e.HasIndex(row => new { row.State, row.Country, row.Type, row.National });
            e.HasIndex(row => new { row.TenantId, row.Number });
            e.HasIndex(row => row.ChangedSeq);
            e.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId).OnDelete(DeleteBehavior.Restrict);
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId || row.State == NumberState.Available);
        });
        Tenanted<NumberAssignment>(modelBuilder, "number_assignments", e =>
        {
            e.HasIndex(row => new { row.NumberId, row.Channel, row.FromMs }).IsUnique();
            e.HasIndex(row => row.FromMs);
            e.HasIndex(row => row.UntilMs);
            e.HasIndex(row => row.ChangedSeq);
            e.HasIndex(row => new { row.Target, row.TargetId });
            e.HasOne<VirtualNumber>().WithMany().HasForeignKey(row => row.NumberId).OnDelete(DeleteBehavior.Cascade);
        });
        Revised<RoutingPlan, RoutingPlanRevision>(modelBuilder, "routing_plans", "routing_plan_revisions");
        Revised<Menu, MenuRevision>(modelBuilder, "menus", "menu_revisions");
        Tenanted<Schedule>(modelBuilder, "schedules").HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        Tenanted<Prompt>(modelBuilder, "prompts").HasIndex(row => new { row.TenantId, row.Name, row.Language }).IsUnique();
        Tenanted<CallQueue>(modelBuilder, "queues").HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        Tenanted<Agent>(modelBuilder, "agents", e =>
        {
            e.HasIndex(row => row.UserId).IsUnique();
            e.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<QueueMembership>(modelBuilder, "queue_memberships", e =>
        {
            e.HasIndex(row => new { row.QueueId, row.AgentId }).IsUnique();
            e.HasOne<CallQueue>().WithMany().HasForeignKey(row => row.QueueId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Agent>().WithMany().HasForeignKey(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<QueueEntry>(modelBuilder, "queue_entries", e =>
        {
            e.HasIndex(row => new { row.QueueId, row.State, row.EnqueuedAtMs });
            e.HasOne<CallQueue>().WithMany().HasForeignKey(row => row.QueueId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<VoicemailBox>(modelBuilder, "voicemail_boxes").HasIndex(row => new { row.TenantId, row.Box }).IsUnique();
        Tenanted<VoicemailMessage>(modelBuilder, "voicemail_messages", e =>
        {
            e.HasIndex(row => new { row.BoxId, row.State, row.ReceivedAtMs });
            e.HasOne<VoicemailBox>().WithMany().HasForeignKey(row => row.BoxId).OnDelete(DeleteBehavior.Restrict);
        });
        Tenanted<TextMessage>(modelBuilder, "messages", e =>
        {
            e.HasIndex(row => new { row.TenantId, row.Number, row.Peer, row.CreatedAtMs });
            e.HasIndex(row => new { row.State, row.ScheduledAtMs });
        });
        modelBuilder.Entity<CallEntry>(e =>
        {
            e.ToTable("calls");
            e.HasKey(row => row.CallId);
            e.HasIndex(row => new { row.TenantId, row.StartedAtMs });
            e.HasIndex(row => new { row.Number, row.StartedAtMs });
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        });
        modelBuilder.Entity<CallTrace>(e =>
        {
            e.ToTable("call_traces");
            e.HasKey(row => new { row.CallId, row.TenantId });
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        });
        Tenanted<Job>(modelBuilder, "jobs");
        Tenanted<ApiAnswer>(modelBuilder, "api_answers", e =>
        {
            e.HasIndex(row => new { row.TenantId, row.Key }).IsUnique();
            e.HasIndex(row => row.CreatedAtMs);
        });
        modelBuilder.Entity<AuditEvent>(e =>
        {
            e.ToTable("audit");
            e.HasKey(row => row.Seq);
            e.Property(row => row.Seq).ValueGeneratedNever();
            e.HasIndex(row => new { row.TenantId, row.Seq });
            e.HasIndex(row => new { row.EntityId, row.Seq });
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        });
        modelBuilder.Entity<StoreState>(e =>
        {
            e.ToTable("store_state");
            e.Property(row => row.Id).ValueGeneratedNever();
            e.HasData(new StoreState { Id = 1 });
        });

        foreach (IMutableEntityType type in modelBuilder.Model.GetEntityTypes())
        {
            foreach (IMutableProperty property in type.GetProperties())
            {
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
                Type plain = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (plain.IsEnum && !plain.IsDefined(typeof(FlagsAttribute), inherit: false))
                {
                    property.SetProviderClrType(typeof(string));
                }

                if (property.Name == nameof(Row.Version))
                {
                    property.IsConcurrencyToken = true;
                }

                if (property.Name == nameof(Row.Id) && property.ClrType == typeof(Guid))
                {
                    property.ValueGenerated = ValueGenerated.Never;
                }
            }
        }
    }

    private EntityTypeBuilder<T> Tenanted<T>(
        ModelBuilder modelBuilder, string table, Action<EntityTypeBuilder<T>>? more = null)
        where T : TenantRow
    {
        EntityTypeBuilder<T> entity = modelBuilder.Entity<T>();
        entity.ToTable(table);
        entity.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        entity.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId).OnDelete(DeleteBehavior.Restrict);
        more?.Invoke(entity);
        return entity;
    }

    private void Revised<TOwner, TRevision>(ModelBuilder modelBuilder, string owners, string revisions)
        where TOwner : RevisedRow
        where TRevision : RevisionRow
    {
        Tenanted<TOwner>(modelBuilder, owners).HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        Tenanted<TRevision>(modelBuilder, revisions, e =>
        {
            e.HasIndex(row => new { row.OwnerId, row.Number }).IsUnique();
            e.HasIndex(row => row.ChangedSeq);
            e.HasOne<TOwner>().WithMany().HasForeignKey(row => row.OwnerId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
