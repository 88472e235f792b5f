using Grpc.Core;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using MediaCore.Numbers.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.NumberServices;

/// <summary>What the API of the number service needs of its host.</summary>
public sealed record NumberApiOptions
{
    /// <summary>The folder that prompts are played from; null where there is none.</summary>
    public string? PromptFolder { get; init; }

    /// <summary>What this server is called: the same after a restart, and no other's with the same database. It has a character at least: an answer without a server's name is one that is lost.</summary>
    public required string Node { get; init; }

    /// <summary>The folder of recordings and of voicemail; null where there is none.</summary>
    public string? RecordingFolder { get; init; }

    /// <summary>What webhooks may reach.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>Says what is wrong with a routing plan.</summary>
    public DocumentCheck CheckPlan { get; init; } = FindNothingAsync;

    /// <summary>Says what is wrong with a menu.</summary>
    public DocumentCheck CheckMenu { get; init; } = FindNothingAsync;

    /// <summary>Says what is wrong with a queue's settings.</summary>
    public DocumentCheck CheckQueue { get; init; } = FindNothingAsync;

    /// <summary>Says what is wrong with a box's settings.</summary>
    public DocumentCheck CheckBox { get; init; } = FindNothingAsync;

    /// <summary>Revisions of plans, with what is checked within the transaction that publishes; null for no such check.</summary>
    public RevisionStore<RoutingPlan, RoutingPlanRevision>? PlanRevisions { get; init; }

    /// <summary>Revisions of menus; as <see cref="PlanRevisions"/>.</summary>
    public RevisionStore<Menu, MenuRevision>? MenuRevisions { get; init; }

    /// <summary>The queues of this server; null where it runs none.</summary>
    public QueueDesks? Queues { get; init; }

    /// <summary>Says what would happen to calls; null where none are driven.</summary>
    public PlanSimulator? Simulator { get; init; }

    /// <summary>Takes messages; null where none are sent, as there is no carrier.</summary>
    public MessageDesk? Messages { get; init; }

    /// <summary>What owners do with their boxes, which tells lamps of changes; null for one that tells nobody.</summary>
    public VoicemailDesk? VoicemailDesk { get; init; }

    private static Task<IReadOnlyList<DocumentError>> FindNothingAsync(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DocumentError>>([]);
}

/// <summary>The services of the number service, one of each for gRPC and REST alike.</summary>
public sealed class NumberApi : IAsyncDisposable
{
    private readonly TenantsService _tenants;
    private readonly NumbersService _numbers;
    private readonly PlansService _plans;
    private readonly MenusService _menus;
    private readonly SchedulesService _schedules;
    private readonly PromptsService _prompts;
    private readonly QueuesService _queues;
    private readonly AgentsService _agents;
    private readonly VoicemailService _voicemail;
    private readonly WebhooksService _webhooks;
    private readonly MessagesService _messages;
    private readonly CallRecordsService _records;

    /// <summary>Makes them.</summary>
    public NumberApi(ServiceStore store, SipAccounts accounts, NumberApiOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        Keys = new ApiKeys(store);
        Interceptor = new ApiInterceptor(store, time, options.Node);
        _tenants = new TenantsService(store, accounts);
        _numbers = new NumbersService(store, loggers);
        _plans = new PlansService(store, options.CheckPlan, options.PlanRevisions, options.Simulator);
        _menus = new MenusService(store, options.CheckMenu, options.MenuRevisions);
        _schedules = new SchedulesService(store);
        _prompts = new PromptsService(store, options.PromptFolder);
        _queues = new QueuesService(store, options.CheckQueue, options.Queues, time);
        _agents = new AgentsService(store, options.Queues);
        _records = new CallRecordsService(store, options.RecordingFolder, loggers);
        _webhooks = new WebhooksService(store, options.Webhooks);
        _messages = new MessagesService(store, options.Messages ?? new MessageDesk(store, new MessagingOptions()));
        _voicemail = new VoicemailService(store, options.CheckBox, options.RecordingFolder, options.VoicemailDesk ?? new VoicemailDesk(store, options.RecordingFolder, options.PromptFolder ?? ""));
    }

    /// <summary>The keys that callers have.</summary>
    public ApiKeys Keys { get; }

    /// <summary>What stands before all of them.</summary>
    public ApiInterceptor Interceptor { get; }

    /// <summary>Puts the services into a host; gRPC is the host's to add, with <see cref="Interceptor"/> as the last of its interceptors.</summary>
    public void AddTo(IServiceCollection services)
    {
        // As they are, and not made by a factory: what a container has made it disposes of.
        services.AddSingleton(Interceptor).AddSingleton(_tenants).AddSingleton(_numbers).AddSingleton(_plans).AddSingleton(_menus)
            .AddSingleton(_schedules).AddSingleton(_prompts).AddSingleton(_queues).AddSingleton(_agents).AddSingleton(_voicemail).AddSingleton(_messages).AddSingleton(_webhooks)
            .AddSingleton(_records);
    }

    /// <summary>Serves them over gRPC.</summary>
    public static void MapTo(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<TenantsService>();
        endpoints.MapGrpcService<NumbersService>();
        endpoints.MapGrpcService<PlansService>();
        endpoints.MapGrpcService<MenusService>();
        endpoints.MapGrpcService<SchedulesService>();
        endpoints.MapGrpcService<PromptsService>();
        endpoints.MapGrpcService<QueuesService>();
        endpoints.MapGrpcService<AgentsService>();
        endpoints.MapGrpcService<VoicemailService>();
        endpoints.MapGrpcService<WebhooksService>();
        endpoints.MapGrpcService<MessagesService>();
        endpoints.MapGrpcService<CallRecordsService>();
    }

    /// <summary>Gives all methods to a binder, which is how they are called without gRPC.</summary>
    public void Bind(ServiceBinderBase binder)
    {
        V1.Tenants.BindService(binder, _tenants);
        V1.Numbers.BindService(binder, _numbers);
        V1.Plans.BindService(binder, _plans);
        V1.Menus.BindService(binder, _menus);
        V1.Schedules.BindService(binder, _schedules);
        V1.Prompts.BindService(binder, _prompts);
        V1.Queues.BindService(binder, _queues);
        V1.Agents.BindService(binder, _agents);
        V1.Voicemail.BindService(binder, _voicemail);
        V1.Webhooks.BindService(binder, _webhooks);
        V1.Messages.BindService(binder, _messages);
        V1.CallRecords.BindService(binder, _records);
    }

    /// <summary>Ends what goes on in the background.</summary>
    public ValueTask DisposeAsync() => _numbers.DisposeAsync();
}
