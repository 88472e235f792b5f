using System.Globalization;
using MediaCore.Control.Authentication;
using MediaCore.Control.NumberServices;
using MediaCore.Control.Policy;
using MediaCore.Control.Publishing;
using MediaCore.Control.Services;
using MediaCore.Engine;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Primitives;
using MediaCore.Server.Configuration;
using MediaCore.Server.Configuration.Changes;
using MediaCore.Server.Http;
using MediaCore.Server.Logging;
using MediaCore.Server.Metrics;
using MediaCore.Transport.Dns;
using MediaCore.Transport.Polling;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Hosting;

/// <summary>
/// The running server: everything that the configuration asks for, started in the order in which one part needs another and stopped in the
/// reverse one.
/// </summary>
internal sealed partial class ServerHost : IServerHealth, IDrainable, INodeControl, INodeConfiguration, IAsyncDisposable
{
    /// <summary>Journal files in number mode: they are deleted when imported, which small ones are sooner.</summary>
    public const long ImportedFileBytes = 4 * 1024 * 1024;

    /// <summary>The server is ready without its announcements after so long; a call that needs one meanwhile waits for it.</summary>
    private static readonly TimeSpan PromptWait = TimeSpan.FromSeconds(5);

    /// <summary>A loop comes round every few milliseconds, under load too; a second without a turn means that it hangs.</summary>
    private static readonly TimeSpan LoopLimit = TimeSpan.FromSeconds(1);

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly ServerLoggers _loggers;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private ServerSettings _settings;
    private ReloadablePolicy? _routing;
    private NumberDirectory? _directory;
    private NumberService? _service;
    private PromptPreparation? _preparation;
    private SipPeerResolver? _resolver;
    private SipNameResolver? _names;
    private readonly TrunkStates _trunks = new();
    private RouteTable _routes = RouteTable.Empty;
    private readonly EventHub _events = new();
    private SipEngine? _engine;
    private volatile bool _isStarted;
    private volatile bool _isStopping;
    private GrpcEndpoint? _grpc;
    private HttpEndpoint? _http;
    private NumberApi? _api;
    private PolicyClient? _plane;

    private ServerHost(ServerSettings settings, ServerLoggers loggers)
    {
        _settings = settings;
        _loggers = loggers;
        _logger = loggers.CreateLogger("MediaCore.Server");
    }

    /// <summary>The engine.</summary>
    public SipEngine Engine => _engine ?? throw new InvalidOperationException("The server has not been started.");

    /// <summary>The number service's database; null without it.</summary>
    public NumberStore? Numbers { get; private set; }

    /// <summary>What was made because the database was new: passwords to be shown once. Null at every later start.</summary>
    public FirstStartResult? FirstStart { get; private set; }

    /// <summary>Where HTTP is served; no address when it is off.</summary>
    public NetworkEndpoint Http { get; private set; }

    /// <summary>Where the control interface is served; nothing when it is off.</summary>
    public IReadOnlyList<string> Grpc => _grpc?.Addresses ?? [];

    /// <summary>Reads the configuration again, as it was read at the start; what a reload by command does. Without it there is none.</summary>
    public Func<(ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors)>? ReadConfiguration { get; set; }

    /// <inheritdoc/>
    public string Version => CommandLine.MediaCoreCommand.Version;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    /// <inheritdoc/>
    public string Mode => Settings.Numbers.Enabled ? "numbers" : "sbc";

    /// <inheritdoc/>
    public int MaxCalls => Settings.Calls.MaxCalls;

    /// <inheritdoc/>
    public IReadOnlyList<string> Media =>
    [
        .. Settings.Networks.Prepend(Settings.Media.Network).SelectMany(static network => new[] { network.MediaAddress, network.MediaAddress6 }
            .Where(static address => address.HasAddress)
            .Select(address => string.Create(CultureInfo.InvariantCulture, $"{address.WithPort(network.FirstMediaPort)}-{network.LastMediaPort}"))),
    ];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, BreakerState> PolicyBreakers => _plane?.Breakers ?? new Dictionary<string, BreakerState>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public LogLevel LogLevel
    {
        get => _loggers.Level;
        set => _loggers.Level = value;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, LogLevel> CategoryLevels => _loggers.CategoryLevels;

    /// <summary>The settings in force.</summary>
    public ServerSettings Settings => Volatile.Read(ref _settings);

    /// <inheritdoc/>
    public int ActiveCalls => Engine.ActiveCalls;

    /// <inheritdoc/>
    public int NgSessions => Engine.NgSessions;

    /// <summary>The line that says the server is ready, with the addresses that it really listens on.</summary>
    public string ReadyLine
    {
        get
        {
            string sip = string.Join(',', Engine.Listeners.Select(static l => $"{l.Transport.ToString().ToLowerInvariant()}://{l.Endpoint}"));
            string http = Http.HasAddress ? $"http://{Http}" : "off";
            string media = Settings.Media.Network.MediaAddress.WithPort(Settings.Media.Network.FirstMediaPort).ToString();
            string ng = Engine.NgListener.HasAddress ? $" ng=udp://{Engine.NgListener}" : "";
            string grpc = Grpc.Count > 0 ? $" grpc={string.Join(',', Grpc)}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"MediaCore ready sip={sip} http={http} rtp={media}-{Settings.Media.Network.LastMediaPort}{ng}{grpc}");
        }
    }

    /// <summary>Starts a server; when it throws nothing is left behind.</summary>
    /// <exception cref="IOException">An address or the data folder is taken, or a file cannot be used; the message says which and what to do.</exception>
    public static async Task<ServerHost> StartAsync(ServerSettings settings, ServerLoggers loggers, CancellationToken cancellation)
    {
        ServerHost host = new(settings, loggers);
        try
        {
            await host.StartAsync(cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> GetFailureAsync(CancellationToken cancellation)
    {
        if (!_isStarted)
        {
            return null;
        }

        if (Engine.Faulted.IsFaulted)
        {
            return "a shard has died";
        }

        try
        {
            await Engine.CheckLoopsAsync(LoopLimit, cancellation);
            return null;
        }
        catch (TimeoutException)
        {
            return $"a shard's loop has not come round for {LoopLimit.TotalSeconds} s";
        }
    }

    /// <inheritdoc/>
    public string? GetUnreadiness() => !_isStarted ? "starting" : Engine.State switch
    {
        EngineState.Running => null,
        EngineState.Draining => "draining",
        _ => "stopped",
    };

    /// <inheritdoc/>
    public void BeginDrain()
    {
        _isStopping = true;
        Engine.BeginDrain();
    }

    /// <inheritdoc/>
    public void Drain() => Engine.BeginDrain();

    /// <inheritdoc/>
    public bool TryUndrain()
    {
        if (_isStopping)
        {
            return false;
        }

        Engine.EndDrain();
        return true;
    }

    /// <inheritdoc/>
    public bool TrySetLevel(string category, LogLevel? level) => _loggers.TrySetLevel(category, level);

    /// <inheritdoc/>
    public async Task<NodeReload> ReloadAsync()
    {
        if (ReadConfiguration is not { } read)
        {
            return new NodeReload(["this server was started without a way to read its configuration again"], []);
        }

        (IReadOnlyList<ConfigurationError> errors, IReadOnlyList<string> notices) = await ReloadAsync(read);
        return new NodeReload([.. errors.Select(static error => error.ToString())], notices);
    }

    /// <inheritdoc/>
    public Task WhenIdleAsync(CancellationToken cancellation) => Engine.WhenIdleAsync(cancellation);

    /// <inheritdoc/>
    public Task EndCallsAsync() => Engine.EndCallsAsync();

    /// <summary>
    /// Puts another configuration in force: trunks, routes, certificates (for handshakes from now on), the log level and the drain's limit at once; what else differs is named in the log
    /// and waits for a restart. Calls in progress keep the routes they began with.
    /// </summary>
    /// <returns>What waits for a restart, and other remarks.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(ServerSettings wanted) => (await ReloadAsync(() => (wanted, []))).Notices;

    /// <summary>The same for a configuration that is read when it is its turn: what is changed over the control interface meanwhile must be in it.</summary>
    /// <returns>Errors, and then nothing has changed; and what an operator should know: keys that wait for a restart, changes over the control interface that the file does not have.</returns>
    public async Task<(IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<string> Notices)> ReloadAsync(Func<(ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors)> read)
    {
        await _reloading.WaitAsync();
        try
        {
            (ServerSettings? wanted, IReadOnlyList<ConfigurationError> errors) = read();
            if (wanted is null)
            {
                return (errors, []);
            }

            IReadOnlyList<string> waiting = SettingsDifference.Find(_settings, wanted);
            foreach (string key in waiting)
            {
                ServerLog.ReloadNeedsRestart(_logger, key);
            }

            string[] notices = [.. wanted.Source?.Notices ?? []];
            foreach (string notice in notices)
            {
                ServerLog.NotServed(_logger, notice);
            }

            await ApplyAsync(wanted);
            _loggers.Level = wanted.LogLevel;
            return ([], [.. waiting.Select(DescribeWaiting), .. notices]);
        }
        finally
        {
            _reloading.Release();
        }
    }

    private static string DescribeWaiting(string key) => $"{key} was changed, which takes a restart to take effect";

    private async Task ApplyAsync(ServerSettings wanted)
    {
        RouteTable routes = RoutingTableBuilder.Build(wanted, _routes);
        _resolver?.Watch("routes", routes.Peers);
        if (_directory is not null)
        {
            await _directory.UpdateRoutesAsync(routes);
        }
        else
        {
            _routing!.Table = routes;
        }

        _routes = routes;
        _trunks.Keep(routes.Trunks);
        Engine.UpdateTls(wanted.Sip.Tls.Server, wanted.Sip.Tls.Client);
        Engine.UpdateTrunks(routes.Trunks);
        Engine.UpdateCallLimits(wanted.ToEngineOptions());
        _grpc?.UpdateTls(wanted.Grpc);
        _http?.UpdateTls(wanted.HttpAccess.Certificate);
        if (wanted.LogLevel != _settings.LogLevel)
        {
            _loggers.Level = wanted.LogLevel;
        }

        Volatile.Write(ref _settings, _settings with
        {
            Sip = _settings.Sip with { Tls = wanted.Sip.Tls },
            Grpc = _settings.Grpc with { Certificate = wanted.Grpc.Certificate, ClientAuthorities = wanted.Grpc.ClientAuthorities },
            Trunks = wanted.Trunks,
            Routes = wanted.Routes,
            Calls = wanted.Calls with { MaxCalls = _settings.Calls.MaxCalls },
            LogLevel = wanted.LogLevel,
            DrainLimit = wanted.DrainLimit,
            Notices = wanted.Notices,
            Source = wanted.Source,
        });
        ServerLog.Reloaded(_logger, wanted.Trunks.Count, wanted.Routes.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The engine ends its calls when it stops; callers who wait in queues are not to lose their places by that.
        await (_service?.KeepPlacesAsync() ?? Task.CompletedTask);
        while (_parts.TryPop(out IAsyncDisposable? part))
        {
            await part.DisposeAsync();
        }

        _reloading.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        foreach (string notice in _settings.Notices)
        {
            ServerLog.NotServed(_logger, notice);
        }

        Own(DataFolderLock.Take(_settings.DataFolder));
        if (_settings is { PutsChangesAside: true, Source: { } source } && ConfigurationChangesFile.PutAside(source.ChangesFile) is { } aside)
        {
            // Aside, not only passed over: the next change is written to that file, and would be all that is left of them.
            ServerLog.ChangesPutAside(_logger, aside);
        }

        PrometheusExporter metrics = new();
        Own(metrics);
        if (_settings.Http.HasAddress)
        {
            // Before the engine, so that a probe hears "starting" rather than nothing.
            HttpEndpoint http = await HttpEndpoint.StartAsync(_settings.Http, this, WriteTrunks, metrics, _loggers, cancellation, _settings.HttpAccess.Certificate);
            _parts.Push(http);
            Http = http.LocalEndpoint;
            _http = http;
        }

        _routes = RoutingTableBuilder.Build(_settings);
        _names = _settings.Sip.Dns.CreateResolver(_settings.Sip.Listen);
        _resolver = new SipPeerResolver(_loggers, names: _names);
        _trunks.Keep(_routes.Trunks);
        _parts.Push(_resolver);
        _resolver.Watch("routes", _routes.Peers);
        _ = _resolver.StartAsync();

        EngineOptions options = _settings.ToEngineOptions();
        options = options with { ShardCount = options.ShardCount == 0 ? Environment.ProcessorCount : options.ShardCount };
        if (_settings.Policy is { } policy)
        {
            _plane = new PolicyClient(policy, TimeProvider.System, _loggers.CreateLogger("MediaCore.Control"));
            _parts.Push(_plane);
        }

        EngineServices services = _settings.Numbers.Enabled
            ? await StartNumbersAsync(options.ShardCount, cancellation)
            : StartWithoutNumbers(options.ShardCount);
        _engine = new SipEngine(options, services with { ControlPlane = _service?.Answer(_plane) ?? _plane });
        _parts.Push(_engine);
        _engine.Start();
        _service?.Attach(_engine.Control, _engine, MayUseTrunk, _engine.NoteMessages);
        _service?.StartSmpp();
        _engine.UpdateTrunks(_routes.Trunks);
        if (Numbers is not null && _directory is not null && _preparation is not null)
        {
            // Not before all that can fail has been done: passwords made by a start that then fails would never be seen.
            FirstStart = await SeedAsync(Numbers, cancellation);
            if (FirstStart is not null)
            {
                await _directory.ReloadAsync(cancellation);
            }

            await _preparation.WaitAsync(PromptWait, cancellation);
        }

        StartApi();
        await StartGrpcAsync(cancellation);
        _isStarted = true;
        ServerLog.Ready(_logger, ReadyLine);
    }

    /// <summary>The number service's API: over REST where HTTP is served, and over gRPC with the control interface.</summary>
    private void StartApi()
    {
        if (_service is null)
        {
            return;
        }

        var documents = new DocumentChecks(_service.Store, MayUseTrunk);
        _api = new NumberApi(
            _service.Store,
            _service.Accounts,
            new NumberApiOptions
            {
                PromptFolder = _settings.Prompts.Folder,
                RecordingFolder = _settings.Recording?.Directory,
                Webhooks = _settings.Events.Webhooks,
                CheckPlan = documents.CheckPlanAsync,
                CheckMenu = documents.CheckMenuAsync,
                CheckQueue = documents.CheckQueueAsync,
                CheckBox = documents.CheckBoxAsync,
                Node = _service.Queues.Node,
                PlanRevisions = documents.Plans,
                MenuRevisions = documents.Menus,
                Queues = _service.Queues,
                Simulator = _service.Simulator,
                Messages = _service.Messages,
                VoicemailDesk = _service.VoicemailDesk,
            },
            TimeProvider.System,
            _loggers);
        _parts.Push(_api);
        if (_http is not null)
        {
            TokenStore tokens = new(_settings.Grpc.TokensFile, TimeProvider.System, _loggers.CreateLogger("MediaCore.Control"));
            _http.Api = new RestApi(_api, new ControlAuthentication(tokens, allowsAnonymous: !_settings.Grpc.RequireToken, TimeProvider.System, _loggers) { Keys = _api.Keys }, _loggers, _settings.HttpAccess.TrustedProxies);
            _http.Carriers = new CarrierApi(_service.Intake, _settings.Messages.HttpCarriers);
        }
    }

    /// <summary>A tenant's documents name the trunks that are for all, and those that it was allowed to; the operator's own name any.</summary>
    private bool MayUseTrunk(Tenant tenant, string trunk)
        => _routes.FindTrunkByName(trunk) is { } found && (found.ForTenants || tenant.Id == Tenant.PlatformId || tenant.Trunks.Split('\n').Contains(found.Name, StringComparer.Ordinal));

    /// <summary>The control interface, last: who can reach it can give commands at once.</summary>
    private async Task StartGrpcAsync(CancellationToken cancellation)
    {
        if (_settings.Grpc.Listen.Count == 0)
        {
            return;
        }

        try
        {
            _grpc = await GrpcEndpoint.StartAsync(_settings.Grpc, Engine, _events, this, this, _api, _loggers, cancellation);
            _parts.Push(_grpc);
        }
        catch (IOException exception) when (_settings.Grpc.IsDefault && exception.InnerException is AddressInUseException)
        {
            // Nobody has asked for it there: a second server on a host must not be kept from starting by a default.
            ServerLog.GrpcPortTaken(_logger, _settings.Grpc.Listen[0].Endpoint);
        }
    }

    private string WriteTrunks() => TrunkListing.Write(_isStarted ? Engine.GetTrunks() : [], TimeProvider.System.GetUtcNow(), MonotonicClock.Now);

    private EngineServices StartWithoutNumbers(int shards)
    {
        bool asksAccounts = _plane?.Terms.Accounts is not null;
        _routing = new ReloadablePolicy(_routes, asksAccounts);
        CallRecordJournal journal = OpenJournal(shards, _settings.Records.MaxFileBytes);
        Own(journal);
        return new EngineServices { Policy = _routing, Trunks = _trunks, Names = _names, Accounts = asksAccounts ? new NoAccounts() : null, CallRecords = journal, Prompts = OpenPrompts(), Recordings = OpenRecordings(), CallEvents = _events, Loggers = _loggers };
    }

    private async Task<EngineServices> StartNumbersAsync(int shards, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_settings.Prompts.Folder);
        PromptStore prompts = OpenPrompts();
        PromptPreparation preparation = new(prompts, _logger);
        _parts.Push(preparation);

        Numbers = await NumberStore.OpenAsync(
            new NumberStoreOptions { ConnectionString = _settings.Storage.Connection, Realm = _settings.Sip.Realm }, cancellationToken: cancellation);
        _service = await NumberService.StartAsync(
            new NumberServiceOptions
            {
                Store = _settings.Storage.Service,
                Realm = _settings.Sip.Realm,
                DataFolder = _settings.DataFolder,
                PromptFolder = _settings.Prompts.Folder,
                RecordingFolder = _settings.Recording?.Directory,
                Lookups = new WebLookupOptions { AllowedNetworks = _settings.Numbers.LookupNetworks },
                Smpp = _settings.Smpp,
                Webhooks = _settings.Events.Webhooks,
                RabbitMq = _settings.Events.RabbitMq,
                Messages = _settings.Messages,
                Mail = _settings.Numbers.Mail,
                Transcription = _settings.Numbers.Transcription,
            },
            _loggers,
            cancellationToken: cancellation);
        _parts.Push(_service);
        _directory = await NumberDirectory.StartAsync(
            Numbers,
            _routes,
            new NumbersOptions { AcceptFrom = [.. _settings.Numbers.AcceptFrom] },
            _resolver,
            snapshot => preparation.Prepare(snapshot.Prompts),
            _service,
            _loggers,
            cancellationToken: cancellation);
        _parts.Push(_directory);

        // The journal is closed before the importer, which then takes what is left of it (parts stop in reverse order).
        CallRecordJournal journal = OpenJournal(shards, Math.Min(_settings.Records.MaxFileBytes, ImportedFileBytes));
        CallRecordImporter importer = new(journal, new CallRecordStores(Numbers, _service.Store), loggers: _loggers);
        _parts.Push(importer);
        Own(journal);
        _service.CloseCutOffCalls(journal);
        importer.Start();
        _preparation = preparation;
        return new EngineServices { Policy = _directory, Trunks = _trunks, Names = _names, Accounts = _directory, CallRecords = journal, Prompts = prompts, Recordings = OpenRecordings(), CallEvents = new CallEventFan(_events, _service), MessageSummaries = _service.MessageSummaries, Loggers = _loggers };
    }

    private PromptStore OpenPrompts()
    {
        EspeakSynthesizer speech = new(new EspeakOptions { DefaultVoice = _settings.Prompts.Voice });
        Own(speech);
        PromptStore prompts = new(
            new PromptStoreOptions { PromptDirectory = _settings.Prompts.Folder, RecordingDirectory = _settings.Recording?.Directory, CacheDirectory = Path.Combine(_settings.DataFolder, "speech") },
            speech);
        Own(prompts);
        return prompts;
    }

    /// <summary>The store of recordings, when there may be any; it saves what is under way when the server stops.</summary>
    private RecordingStore? OpenRecordings()
    {
        if (_settings.Recording is not { } options)
        {
            return null;
        }

        try
        {
            RecordingStore store = new(options with { Folder = _service?.RecordingFolder ?? "" }, loggers: _loggers);
            Own(store);
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"recordings cannot be kept in '{options.Directory}' ({e.Message}): make it writable, or name another folder in recording.directory", e);
        }
    }

    private static Task<FirstStartResult?> SeedAsync(NumberStore store, CancellationToken cancellation) =>
        MediaCore.Numbers.Storage.FirstStart.SeedAsync(store, cancellation);

    private CallRecordJournal OpenJournal(int shards, long maxFileBytes) => new(
        new CallRecordJournalOptions
        {
            Folder = _settings.Records.Folder,
            ShardCount = shards,
            MaxFileBytes = maxFileBytes,
            MaxFilesKept = _settings.Records.MaxFiles,
        },
        _loggers);

    private void Own(IDisposable part) => _parts.Push(new Owned(part));

    private sealed class Owned(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
