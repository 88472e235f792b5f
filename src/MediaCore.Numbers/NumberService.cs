using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data.Common;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Subscriptions;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Dialling;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Notifications;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Recordings;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Records.Begun;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Transcription;
using MediaCore.Numbers.Voicemail;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers;

/// <summary>
/// The number service of a server, put together: the database, what is kept of it in memory, and what drives calls. It is started before the engine, which routes by <see cref="Table"/> and publishes its events here, and gets the engine's calls when these are there (<see cref="Attach"/>).
/// </summary>
public sealed class NumberService : ICallEvents, IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly WebLookup _lookups;
    private readonly NumberServiceOptions _options;
    private readonly List<HttpCarrier> _httpCarriers = [];
    private readonly NotificationWorker _notifications;
    private readonly TranscriptionWorker? _transcription;
    private RoutingTableFeed? _feed;
    private ConfigurationFeed? _configurations;
    private volatile CallDirector? _director;
    private VoicemailRecordings? _voicemail;
    private EventDesk? _events;
    private MessageLamps? _lamps;
    private VoicemailTidying? _tidying;
    private CallTraceStore? _traces;
    private RecordingRegister? _recordings;
    private CallJoins? _joins;
    private BegunCalls? _begun;
    private Task _closing = Task.CompletedTask;
    private SipCarrier? _phones;
    private readonly CancellationTokenSource _stopping = new();
    private long _accountsSeq = -1;

    private NumberService(ServiceStore store, SipAccounts accounts, QueueDesks queues, NumberServiceOptions options, ILoggerFactory loggers)
    {
        Queues = queues;
        _lookups = new WebLookup(options.Lookups, store.Time);
        _loggers = loggers;
        _options = options;
        Store = store;
        ITranscriber? engine = options.RecordingFolder is null ? null : Transcribers.Make(options.Transcription);
        VoicemailDesk = new VoicemailDesk(store, options.RecordingFolder, options.PromptFolder, engine is not null, OnMessageStored);
        Accounts = accounts;
        Intake = new MessageIntake(store, options.Messages, () => Dispatch!.Wake());
        Messages = new MessageDesk(store, options.Messages, () => Dispatch!.Wake());
        Dispatch = new MessageDispatch(store, options.Messages, Intake, loggers);
        foreach (HttpCarrierOptions carrier in options.Messages.HttpCarriers)
        {
            HttpCarrier http = new(carrier, store.Time);
            _httpCarriers.Add(http);
            Dispatch.Add(http);
        }

        _notifications = new NotificationWorker(store, new NotificationSender(store, options.Mail, options.RecordingFolder) { Texts = Messages }, VoicemailDesk.Note, loggers);
        TranscriptionMetrics.Publish();
        if (engine is not null)
        {
            _transcription = new TranscriptionWorker(store, engine, options.RecordingFolder!, _notifications.Signal, VoicemailDesk.Note, loggers);
        }
    }

    /// <summary>Raised when the accounts that may register are others than before; on any thread.</summary>
    public event EventHandler? AccountsChanged;

    /// <summary>The database.</summary>
    public ServiceStore Store { get; }

    /// <summary>Where calls to tenants' numbers go, as of now.</summary>
    public RoutingTable Table => _feed?.Current ?? RoutingTable.Empty;

    /// <summary>Queues and their agents.</summary>
    public QueueDesks Queues { get; }

    /// <summary>Says what would happen to calls; null until calls are driven.</summary>
    public PlanSimulator? Simulator { get; private set; }

    /// <summary>What phones of tenants dial inside them; null until the configurations are there.</summary>
    internal InsideDialling? Inside { get; private set; }

    /// <summary>Takes messages to be sent.</summary>
    public MessageDesk Messages { get; }

    /// <summary>Takes what carriers bring.</summary>
    public MessageIntake Intake { get; }

    /// <summary>Sends what was taken; carriers are added here.</summary>
    public MessageDispatch Dispatch { get; }

    /// <summary>What owners do with their voicemail boxes.</summary>
    public VoicemailDesk VoicemailDesk { get; }

    /// <summary>Credentials of tenants' phones.</summary>
    public SipAccounts Accounts { get; }

    /// <summary>Folder of this server's recordings below the one that all servers of a shared database may have; empty where no other server has the database.</summary>
    public string RecordingFolder => Store.Options.Provider == StoreProvider.Postgres ? Queues.Node : "";

    /// <summary>Waiting messages of accounts; null before the start is done.</summary>
    public IMessageSummaries? MessageSummaries => _lamps;

    /// <summary>Tenants' configurations, as of now.</summary>
    public FrozenDictionary<Guid, TenantConfiguration> Configurations => _configurations?.Current ?? FrozenDictionary<Guid, TenantConfiguration>.Empty;

    /// <summary>Centres and programs over SMPP; null until <see cref="StartSmpp"/>.</summary>
    public SmppService? Smpp { get; private set; }

    /// <inheritdoc/>
    public bool IsWanted => _begun is not null;

    /// <inheritdoc/>
    public bool WantsRegistrations => _director is not null;

    /// <summary>Opens the database, brings its tables up to date and begins to follow changes.</summary>
    /// <param name="options">Where things are.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">The clock of all of it.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DbException">The database cannot be used.</exception>
    public static async Task<NumberService> StartAsync(NumberServiceOptions options, ILoggerFactory loggers, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ServiceStore store = await ServiceStore.OpenAsync(options.Store, time, cancellationToken);
        NumberService service;
        try
        {
            QueueDesks queues = await QueueDesks.StartAsync(store, NodeName.Of(options.DataFolder), loggers, cancellationToken);
            service = new NumberService(store, new SipAccounts(store, options.Realm), queues, options, loggers);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        try
        {
            // Tables are swapped when anything has changed, accounts among it.
            service._feed = await RoutingTableFeed.StartAsync(store, swapped: service.OnSwapped, loggers: loggers, cancellationToken: cancellationToken);
            service._configurations = await ConfigurationFeed.StartAsync(store, swapped: () => service._lamps?.Signal(null, EventArgs.Empty), loggers: loggers, cancellationToken: cancellationToken);
            service.Inside = new InsideDialling(service._configurations.FindOwner, () => service.Configurations, () => service._configurations.ExtensionLengths, store.Time);
            service._voicemail = options.RecordingFolder is { } recordings ? VoicemailRecordings.Start(store, options.DataFolder, recordings, loggers, service._transcription is not null, service.OnMessageStored) : null;
            service._recordings = options.RecordingFolder is { } folder
                ? await RecordingRegister.StartAsync(store, NodeName.Of(options.DataFolder), folder, file => service._voicemail?.HasFile(file) == true, loggers, service.RecordingFolder, cancellationToken)
                : null;
            service._joins = CallJoins.Start(store, loggers);
            service._begun = BegunCalls.Start(Path.Combine(options.DataFolder, "begun"), store.Time, loggers);
            service._events = EventDesk.Start(store, NodeName.Of(options.DataFolder), options.Webhooks, options.RabbitMq, loggers);
            service._lamps = await MessageLamps.StartAsync(store, () => service.Configurations, loggers, cancellationToken);
            service.VoicemailDesk.MessagesChanged += service._lamps.Signal;
            if (service._voicemail is { } voicemail)
            {
                voicemail.MessageStored += service._lamps.Signal;
                service._tidying = VoicemailTidying.Start(store, service.VoicemailDesk, loggers);
            }

            service._notifications.Start();
            service._transcription?.Start();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to drive calls.</summary>
    /// <param name="control">The engine's calls.</param>
    /// <param name="peers">Who is registered.</param>
    /// <param name="mayUseTrunk">Whether a tenant may send calls to a trunk; null where every tenant may.</param>
    /// <param name="noteMessages">Is told of each account whose waiting messages are others than before (<see cref="Engine.SipEngine.NoteMessages"/>); null for nobody.</param>
    public void Attach(ICallControl control, IPeerStates peers, TrunkRule? mayUseTrunk = null, Action<string>? noteMessages = null)
    {
        _lamps?.Attach(noteMessages);
        var beginnings = new NumberBeginnings(() => Table, () => Configurations, Store.Time, Inside);
        var services = new CallServices
        {
            Time = Store.Time,
            Control = control,
            Numbers = beginnings,
            Registrations = new EngineRegistrations(peers),
            AccountOwner = account => _configurations?.FindOwner(account),
            Lookups = _lookups,
            Schedules = (tenant, name) => Configurations.GetValueOrDefault(tenant)?.Schedules.GetValueOrDefault(name),
            Queues = Queues,
            Voicemail = _voicemail,
            VoicemailDesk = _voicemail is null ? null : VoicemailDesk,
            Recordings = _recordings,
            Begun = _begun,
            People = new PersonSettings(Store),
            MayUseTrunk = mayUseTrunk,
            Notify = NotifyAsync,
        };
        _traces = new CallTraceStore(Store, _loggers);
        _director = new CallDirector(services, beginnings, _traces.Add, _loggers);
        Simulator = new PlanSimulator(() => Table, () => Configurations, _director.Services, RefreshAsync);
        _phones = new SipCarrier(control);
        Dispatch.Add(_phones);
        Dispatch.Start();
    }

    /// <summary>Gives calls their records that an earlier run of this server was killed in the middle of.</summary>
    /// <param name="journal">The journal of this run, before anything was taken from its folder: what stands in it is over.</param>
    /// <exception cref="IOException">What that run has left cannot be read.</exception>
    public void CloseCutOffCalls(CallRecordJournal journal)
    {
        if (_begun is { Left: { Count: > 0 } left })
        {
            var cutOff = new CutOffCalls(left, Store, _loggers);
            _closing = cutOff.FinishAsync(journal, cutOff.WriteRecords(journal), _stopping.Token);
        }
    }

    /// <summary>Begins to speak SMPP, as the options say.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The service's address is taken, or not this machine's.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public void StartSmpp()
    {
        Smpp = SmppService.Start(_options.Smpp, Store, _options.DataFolder, Intake, Messages, _loggers);
        foreach (IMessageCarrier carrier in Smpp.Carriers)
        {
            Dispatch.Add(carrier);
        }
    }

    /// <summary>The control plane that takes tenants' phones' messages, and asks another one for everything else.</summary>
    /// <param name="inner">The other one; null for none.</param>
    public IControlPlane Answer(IControlPlane? inner) => new PhoneMessages(Messages, account => _configurations?.FindOwner(account), inner);

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        _begun?.Publish(callEvent);
        _director?.Publish(callEvent);
        _recordings?.Publish(callEvent);
        _voicemail?.Publish(callEvent);
        _phones?.Publish(callEvent);
        if (callEvent is RegistrationChanged { Contacts: > 0 } registered)
        {
            Dispatch.NoteRegistration(registered.Account);
        }
    }

    /// <summary>Before an orderly end of the server's calls: callers who wait in queues keep their places for the next start.</summary>
    public Task KeepPlacesAsync() => Queues.KeepPlacesAsync();

    /// <summary>Gives its calls back to the rest of their plans and closes the database; the last table stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        await KeepPlacesAsync();
        if (_director is not null)
        {
            await _director.DisposeAsync();
        }

        if (_begun is not null)
        {
            await _begun.DisposeAsync();
        }

        await _stopping.CancelAsync();
        await _closing;
        _stopping.Dispose();
        if (_traces is not null)
        {
            await _traces.DisposeAsync();
        }

        if (Smpp is not null)
        {
            await Smpp.DisposeAsync();
        }

        await Dispatch.DisposeAsync();
        _httpCarriers.ForEach(static carrier => carrier.Dispose());
        if (_tidying is not null)
        {
            await _tidying.DisposeAsync();
        }

        if (_lamps is not null)
        {
            await _lamps.DisposeAsync();
        }

        await Queues.DisposeAsync();
        _lookups.Dispose();
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        if (_voicemail is not null)
        {
            await _voicemail.DisposeAsync();
        }

        if (_recordings is not null)
        {
            await _recordings.DisposeAsync();
        }

        if (_joins is not null)
        {
            await _joins.DisposeAsync();
        }

        if (_transcription is not null)
        {
            await _transcription.DisposeAsync();
        }

        await _notifications.DisposeAsync();
        if (_configurations is not null)
        {
            await _configurations.DisposeAsync();
        }

        if (_feed is not null)
        {
            await _feed.DisposeAsync();
        }

        await Store.DisposeAsync();
    }

    /// <summary>Reads now what has changed; calls afterwards are routed by what was committed before.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        await (_feed?.RefreshAsync(cancellationToken) ?? Task.CompletedTask);
        await (_configurations?.RefreshAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <summary>The accounts that may register.</summary>
    internal Task<ImmutableArray<Account>> ReadAccountsAsync(CancellationToken cancellationToken) => Accounts.ReadAsync(cancellationToken);

    private void OnMessageStored()
    {
        _notifications.Signal();
        _transcription?.Signal();
    }

    private async Task<bool> NotifyAsync(CallFacts facts, NotifyAction action, string text)
    {
        using var limit = new CancellationTokenSource(NotificationLimits.WriteTime, Store.Time);
        await NotificationRows.WriteCallAsync(Store, facts, action, text, limit.Token).WaitAsync(limit.Token);
        _notifications.Signal();
        return true;
    }

    private void OnSwapped(RoutingTable table)
    {
        // The table hears of other nodes' changes first.
        _configurations?.Signal();
        if (table.AccountsSeq != _accountsSeq)
        {
            _accountsSeq = table.AccountsSeq;
            AccountsChanged?.Invoke(this, EventArgs.Empty);
        }
    }
}
