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

    /// <summary>Who is to be told of messages and calls.</summary>
    public DbSet<Notification> Notifications => Set<Notification>();

    /// <summary>SMS and MMS.</summary>
    public DbSet<TextMessage> Messages => Set<TextMessage>();

    /// <summary>Messages between us and programs that are bound over SMPP.</summary>
    public DbSet<ProgramMessage> ProgramMessages => Set<ProgramMessage>();
    /// <summary>What they are handed over in.</summary>
    public DbSet<TextMessagePart> MessageParts => Set<TextMessagePart>();

    /// <summary>Receipts that overtook the answer they belong to.</summary>
    public DbSet<EarlyReceipt> EarlyReceipts => Set<EarlyReceipt>();

    /// <summary>Who wants no messages.</summary>
    public DbSet<MessageOptOut> MessageOptOuts => Set<MessageOptOut>();

    /// <summary>Tenants' own rules for messages.</summary>
    public DbSet<MessageSettings> MessageSettings => Set<MessageSettings>();

    /// <summary>What programs are told.</summary>
    public DbSet<ServiceEvent> Events => Set<ServiceEvent>();

    /// <summary>Where programs are told by HTTP.</summary>
    public DbSet<WebhookEndpoint> Webhooks => Set<WebhookEndpoint>();

    /// <summary>How these fare.</summary>
    public DbSet<WebhookProgress> WebhookProgress => Set<WebhookProgress>();

    /// <summary>What they were told, and are to be told.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>How far events were told.</summary>
    internal DbSet<EventCursor> EventCursors => Set<EventCursor>();

    /// <summary>Calls that have ended.</summary>
    public DbSet<CallEntry> Calls => Set<CallEntry>();

    /// <summary>What was decided for calls.</summary>
    public DbSet<CallTrace> CallTraces => Set<CallTrace>();

    /// <summary>Calls as a business sees them.</summary>
    public DbSet<JoinedCall> JoinedCalls => Set<JoinedCall>();

    /// <summary>Which call belongs to which.</summary>
    public DbSet<CallLink> CallLinks => Set<CallLink>();

    /// <summary>Dialogs between two calls of ours.</summary>
    internal DbSet<CallDialog> CallDialogs => Set<CallDialog>();

    /// <summary>Calls that are to be joined anew.</summary>
    internal DbSet<PendingJoin> PendingJoins => Set<PendingJoin>();

    /// <summary>Recordings of calls.</summary>
    public DbSet<Recording> Recordings => Set<Recording>();

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
            e.HasIndex(row => row.CallId);
            e.HasOne<CallQueue>().WithMany().HasForeignKey(row => row.QueueId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<VoicemailBox>(modelBuilder, "voicemail_boxes").HasIndex(row => new { row.TenantId, row.Box }).IsUnique();
        Tenanted<VoicemailMessage>(modelBuilder, "voicemail_messages", e =>
        {
            e.HasIndex(row => new { row.BoxId, row.State, row.ReceivedAtMs });
            e.HasIndex(row => row.CallId);
            e.HasIndex(row => new { row.TranscriptState, row.ReceivedAtMs });
            e.HasOne<VoicemailBox>().WithMany().HasForeignKey(row => row.BoxId).OnDelete(DeleteBehavior.Restrict);
        });
        Tenanted<Notification>(modelBuilder, "notifications", static e =>
        {
            e.HasIndex(row => new { row.State, row.DueAtMs });
            e.HasIndex(row => row.MessageId);
        });
        Tenanted<TextMessage>(modelBuilder, "messages", e =>
        {
            e.HasIndex(row => new { row.TenantId, row.Number, row.Peer, row.CreatedAtMs });
            e.HasIndex(row => new { row.State, row.ScheduledAtMs });
            e.HasIndex(row => new { row.TenantId, row.CreatedAtMs });
            e.HasIndex(row => new { row.TenantId, row.Key }).IsUnique();
        });
        Tenanted<ProgramMessage>(modelBuilder, "program_messages", e =>
        {
            e.HasIndex(row => new { row.Account, row.DoneAtMs, row.DueAtMs });
            e.HasIndex(row => new { row.MessageId, row.Account, row.Kind });
        });
        Tenanted<ServiceEvent>(modelBuilder, "events", static e =>
        {
            e.HasIndex(row => new { row.TenantId, row.CreatedAtMs });
            e.HasIndex(row => new { row.TenantId, row.Subject });
            e.HasIndex(row => row.Number).IsUnique();
            e.HasIndex(row => row.CreatedAtMs);
        });
        Tenanted<WebhookEndpoint>(modelBuilder, "webhooks").HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        Tenanted<WebhookProgress>(modelBuilder, "webhook_progress", static e =>
        {
            e.HasIndex(row => row.EndpointId).IsUnique();
            e.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(row => row.EndpointId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<WebhookDelivery>(modelBuilder, "webhook_deliveries", static e =>
        {
            e.HasIndex(row => new { row.EndpointId, row.EventId }).IsUnique();
            e.HasIndex(row => new { row.EndpointId, row.State, row.Number });
            e.HasIndex(row => new { row.EndpointId, row.State, row.Subject, row.Number });
            e.HasIndex(row => new { row.State, row.NextAtMs });
            e.HasIndex(row => row.CreatedAtMs);
            e.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(row => row.EndpointId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<EventCursor>(static e =>
        {
            e.ToTable("event_cursors");
            e.HasKey(row => row.Name);
            e.HasData(new EventCursor { Name = EventCursor.Numbers }, new EventCursor { Name = EventCursor.RabbitMq, Number = EventCursor.FromNowOn });
        });
        Tenanted<TextMessagePart>(modelBuilder, "message_parts", e =>
        {
            e.HasIndex(row => new { row.MessageId, row.Index }).IsUnique();
            e.HasIndex(row => new { row.State, row.NextAttemptAtMs });
            e.HasIndex(row => row.LeaseUntilMs);
            e.HasIndex(row => new { row.Carrier, row.ProviderKey });
            e.HasIndex(row => new { row.Carrier, row.ProviderKeyFromHex });
            e.HasOne<TextMessage>().WithMany().HasForeignKey(row => row.MessageId).OnDelete(DeleteBehavior.Cascade);
        });
        Tenanted<EarlyReceipt>(modelBuilder, "early_receipts", e =>
        {
            e.HasIndex(row => new { row.Carrier, row.ProviderId, row.State }).IsUnique();
            e.HasIndex(row => row.CreatedAtMs);
        });
        Tenanted<MessageOptOut>(modelBuilder, "message_opt_outs").HasIndex(row => new { row.TenantId, row.Number, row.Peer }).IsUnique();
        Tenanted<MessageSettings>(modelBuilder, "message_settings").HasIndex(row => row.TenantId).IsUnique();
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
        modelBuilder.Entity<JoinedCall>(e =>
        {
            e.ToTable("joined_calls");
            e.HasKey(row => new { row.CallId, row.TenantId });
            e.HasIndex(row => new { row.TenantId, row.StartedAtMs });
            e.HasIndex(row => new { row.TenantId, row.Seq });
            e.HasIndex(row => row.Seq).IsUnique();
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        });
        modelBuilder.Entity<CallLink>(e =>
        {
            e.ToTable("call_links");
            e.HasKey(row => row.CallId);
            e.HasIndex(row => row.LinkedFrom);
            e.HasQueryFilter(row => SeesAll || row.TenantId == TenantId);
        });
        modelBuilder.Entity<CallDialog>(e =>
        {
            e.ToTable("call_dialogs");
            e.HasKey(row => new { row.SipCallId, row.CallId });
            e.HasIndex(row => row.CallId);
            e.HasQueryFilter(row => SeesAll);
        });
        modelBuilder.Entity<PendingJoin>(e =>
        {
            e.ToTable("pending_joins");
            e.HasIndex(row => row.DueAtMs);
            e.HasQueryFilter(row => SeesAll);
        });
        Tenanted<Recording>(modelBuilder, "recordings", static e =>
        {
            e.HasIndex(row => new { row.TenantId, row.StartedAtMs });
            e.HasIndex(row => row.CallId);
            e.HasIndex(row => new { row.Node, row.File }).IsUnique();
            e.HasIndex(row => new { row.Node, row.State, row.RetainUntilMs });
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
