using System.Globalization;
using System.Collections.Frozen;
using System.Net;
using MediaCore.Control.Policy;
using MediaCore.Engine;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tracing;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Transcription;
using MediaCore.Primitives;
using MediaCore.Server.Configuration.Changes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MediaCore.Server.Configuration;

/// <summary>Turns the tree into <see cref="ServerSettings"/>, section by section, noting every error on the way.</summary>
internal static class ServerSettingsReader
{
    /// <summary>Where everything that is written at run time lies, from the file's folder.</summary>
    public const string DefaultDataFolder = "data";

    private static readonly string[] LevelNames = ["trace", "debug", "information", "warning", "error", "critical"];

    /// <summary>
    /// Reads a configuration: the file if there is one, then the overrides, then what was changed over the control interface. The result is only of use when no error was noted.
    /// Relative paths are taken from the file's folder, or from <paramref name="workingFolder"/> when there is no file. Without <paramref name="withChanges"/> the last is left out.
    /// </summary>
    public static ServerSettings Read(string? file, string workingFolder, IEnumerable<ConfigurationOverride> overrides, ConfigurationErrors errors, bool withChanges = true)
    {
        ConfigurationObject? root = null;
        string baseFolder = workingFolder;
        if (file is not null)
        {
            string path = Path.GetFullPath(file, workingFolder);
            root = ConfigurationFile.Read(path, errors);
            baseFolder = Path.GetDirectoryName(path) ?? workingFolder;
        }

        // Without a readable file the overrides are still checked: their mistakes are mended in the same go.
        root ??= new ConfigurationObject(default);
        ConfigurationOverride.Apply(root, overrides, errors);
        ConfigurationSource source = new(root, baseFolder);
        return Read(withChanges ? source with { Changes = ConfigurationChangesFile.Read(source.ChangesFile, errors) } : source, errors);
    }

    /// <summary>Reads a source with its changes.</summary>
    public static ServerSettings Read(ConfigurationSource source, ConfigurationErrors errors)
    {
        ServerSettings settings = Read(source.Merge(errors), source.BaseFolder, errors);
        return settings with { Source = source, Notices = [.. settings.Notices, .. source.Notices] };
    }

    /// <summary>Reads the sections of a tree.</summary>
    public static ServerSettings Read(ConfigurationObject tree, string baseFolder, ConfigurationErrors errors)
    {
        SectionReader root = new(tree, errors);
        string dataFolder = Path.GetFullPath(root.Text("dataFolder", DefaultDataFolder).Value, baseFolder);
        List<string> notices = [];
        SipSettings sip = SipSettings.Read(root.Section("sip"), baseFolder, notices);
        MediaSettings media = MediaSettings.Read(root.Section("media"));
        IReadOnlyList<EngineNetwork> networks = NetworkSettings.ReadAll(root);
        IReadOnlyList<TrunkSettings> trunks = TrunkSettings.ReadAll(root, baseFolder);
        NetworkSettings.CheckNames(root, networks, sip, trunks);
        SrtpSettings.AddNotices(sip, trunks, notices);
        CodecSettings.AddNotices(media, sip, trunks, notices);
        DigitSettings.AddNotices(trunks, notices);
        NumberSettings numbers = ReadNumbers(root.Section("numbers"), baseFolder);
        CallSettings calls = ReadCalls(root.Section("calls"));
        IReadOnlyList<RouteSettings> routes = RouteSettings.ReadAll(root, trunks, baseFolder);
        GrpcSettings grpc = GrpcSettings.Read(root.Section("grpc"), dataFolder, baseFolder, notices);

        // A control plane may record any call.
        bool isRecording = grpc.Listen.Count > 0 || trunks.Any(static trunk => trunk.Record) || routes.Any(static route => route.Record) || numbers.Record.Count > 0;
        (NetworkEndpoint Endpoint, HttpAccess Access) http = ReadHttp(root.Section("http"), baseFolder);
        SectionReader messages = root.Section("messages");
        SmppOptions smpp = SmppSettings.Read(messages.Section("smpp"), baseFolder);
        (int shards, CallPlacement placement) = ReadEngine(root.Section("engine"));
        ServerSettings result = new()
        {
            DataFolder = dataFolder,
            Sip = sip,
            Media = media,
            Networks = networks,
            Http = http.Endpoint,
            HttpAccess = http.Access,
            Storage = ReadStorage(root.Section("storage"), dataFolder, baseFolder),
            Prompts = ReadPrompts(root.Section("prompts"), dataFolder, baseFolder),
            Trunks = trunks,
            Conferences = ConferenceSettings.ReadAll(root),
            Routes = routes,
            Numbers = numbers,
            Smpp = smpp,
            Events = EventSettings.Read(root, baseFolder, numbers.Enabled),
            Messages = MessageSettings.Read(messages, baseFolder, [.. smpp.Centres.Select(static centre => centre.Name)]),
            Calls = calls,
            Grpc = grpc,
            Policy = ReadPolicy(root.Section("control"), baseFolder),
            Ng = NgSettings.Read(root.Section("ng"), calls.MaxCalls, media.Timeout),
            Recording = RecordingSettings.Read(root.Section("recording"), dataFolder, baseFolder, isRecording),
            Records = ReadRecords(root.Section("records"), dataFolder, baseFolder, numbers.Enabled),
            DrainLimit = ReadDrain(root.Section("drain")),
            LogLevel = ReadLogging(root.Section("logging")),
            TracedCalls = ReadTrace(root.Section("trace")),
            Shards = shards,
            Placement = placement,
            Notices = notices,
        };
        root.Finish();
        // Not those of trunks: passwords are among them, and they are kept as digests only.
        result = result with { FixedValues = root.Values.Where(static v => !ReloadableKeys.Contains(v.Key) && !v.Key.EndsWith(".password", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal) };
        CheckPorts(result, errors);
        PolicySettings.Check(result.Policy, routes, errors);
        CheckPromptFile("media.musicOnHold", result.Media.MusicFile, result.Prompts.Folder, notices, errors);
        CheckPromptFile("recording.announcementFile", result.Recording?.Announcement ?? default, result.Prompts.Folder, notices, errors);
        return result;
    }

    /// <summary>A file to be played has to be in the prompt folder; one that is not there yet may be put there while the server runs.</summary>
    private static void CheckPromptFile(string key, PromptSource source, string folder, List<string> notices, ConfigurationErrors errors)
    {
        if (source.Kind != PromptKind.File)
        {
            return;
        }

        string file = Path.GetFullPath(source.Value, folder);
        if (!file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            errors.Add(key, default, $"\"{source.Value}\" leads out of the prompt folder '{folder}' (prompts.folder); put the file there and name it from there");
        }
        else if (!File.Exists(file))
        {
            notices.Add($"{key} is \"{source.Value}\", but there is no '{file}': nothing is heard of it until the file is there");
        }
    }

    private static PolicyOptions? ReadPolicy(SectionReader section, string baseFolder)
    {
        PolicyOptions? result = PolicySettings.Read(section.Section("policy"), baseFolder);
        section.Finish();
        return result;
    }

    private static (NetworkEndpoint Endpoint, HttpAccess Access) ReadHttp(SectionReader section, string baseFolder)
    {
        NetworkEndpoint endpoint = default;
        bool isTls = false;
        if (section.OptionalText("listen", "http://127.0.0.1:8080") is { } text && EndpointSyntax.TryParseHttp(text.Value, 8080, out endpoint, out isTls) is { } error)
        {
            section.Error(text, error);
        }

        HttpAccess access = HttpAccess.Read(section, isTls, baseFolder);
        section.Finish();
        return (endpoint, access);
    }

    private static StorageSettings ReadStorage(SectionReader section, string dataFolder, string baseFolder)
    {
        ConfigurationText provider = section.Text("provider", "sqlite");
        ConfigurationText? connection = section.OptionalText("connection", null);
        section.Finish();
        switch (provider.Value)
        {
            case "sqlite":
                (string text, string file) = ReadSqlite(section, connection, dataFolder, baseFolder);
                return new StorageSettings(new ServiceStoreOptions { Provider = StoreProvider.Sqlite, Connection = text }, text, file);
            case "postgres":
                // The node's own accounts, and its records until they are in the shared database, stand in a file all the same.
                (string own, string ownFile) = ReadSqlite(section, null, dataFolder, baseFolder);
                return new StorageSettings(new ServiceStoreOptions { Provider = StoreProvider.Postgres, Connection = ReadPostgres(section, connection) }, own, ownFile);
            default:
                section.Error(provider, $"\"{provider.Value}\" is no provider: \"sqlite\" keeps a file on this node, \"postgres\" is a database that nodes share");
                goto case "sqlite";
        }
    }

    private static string ReadPostgres(SectionReader section, ConfigurationText? connection)
    {
        if (connection is null)
        {
            section.Error("connection", "is needed with \"postgres\", as \"Host=db.example.com;Database=mediacore;Username=mediacore;Password=...\"");
            return "";
        }

        try
        {
            NpgsqlConnectionStringBuilder builder = new(connection.Value.Value);
            if (string.IsNullOrEmpty(builder.Host))
            {
                section.Error("connection", "names no server: write Host=");
            }

            return builder.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            section.Error("connection", $"is not a PostgreSQL connection string: {e.Message}");
            return "";
        }
    }

    private static (string Connection, string File) ReadSqlite(SectionReader section, ConfigurationText? connection, string dataFolder, string baseFolder)
    {
        SqliteConnectionStringBuilder builder = new();
        try
        {
            builder.ConnectionString = connection?.Value ?? "";
        }
        catch (ArgumentException e)
        {
            section.Error("connection", $"is not a SQLite connection string: {e.Message}");
        }

        if (connection is not null && builder.DataSource.Length == 0 && !section.HasError("connection"))
        {
            section.Error("connection", "needs a file, as \"Data Source=data/mediacore.db\"");
        }
        else if (builder.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || builder.Mode == SqliteOpenMode.Memory)
        {
            section.Error("connection", "must name a file: a database in memory would lose the call records at every stop");
        }

        string file = builder.DataSource.Length == 0 ? Path.Combine(dataFolder, "mediacore.db") : Path.GetFullPath(builder.DataSource, baseFolder);
        builder.DataSource = file;
        return (builder.ConnectionString, file);
    }

    private static PromptSettings ReadPrompts(SectionReader section, string dataFolder, string baseFolder)
    {
        string? folder = section.OptionalText("folder", null)?.Value;
        ConfigurationText voice = section.Text("voice", new EspeakOptions().DefaultVoice);
        section.Finish();
        if (voice.Value.Length > PromptLimits.MaxVoiceCharacters || !voice.Value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+'))
        {
            section.Error(voice, $"must be the name of a voice, as en-us or de (`espeak-ng --voices` lists them), of at most {PromptLimits.MaxVoiceCharacters} characters");
        }

        return new PromptSettings(folder is null ? Path.Combine(dataFolder, "prompts") : Path.GetFullPath(folder, baseFolder), voice.Value);
    }

    private static RecordSettings ReadRecords(SectionReader section, string dataFolder, string baseFolder, bool isImported)
    {
        string? folder = section.OptionalText("folder", null)?.Value;
        RecordSettings result = new(
            folder is null ? Path.Combine(dataFolder, "records") : Path.GetFullPath(folder, baseFolder),
            section.Integer("maxFileBytes", 64 * 1024 * 1024, 64 * 1024, 4L * 1024 * 1024 * 1024),
            (int)section.Integer("maxFiles", 0, 0, 100_000));
        if (isImported && result.MaxFiles != 0)
        {
            section.Error("maxFiles", "has no meaning while numbers.enabled is true: a file is removed when its records are in the database");
        }

        section.Finish();
        return result;
    }

    private static NumberSettings ReadNumbers(SectionReader section, string baseFolder)
    {
        bool enabled = section.Flag("enabled", true);
        List<IPNetwork> networks = ReadNetworks(section, "acceptFrom");
        List<IPNetwork> lookups = ReadNetworks(section, "lookupNetworks");

        IReadOnlyList<ConfigurationText> record = section.Texts("record");
        if (!enabled && record.Count > 0)
        {
            section.Error("record", "has no meaning while numbers.enabled is false; use record of a trunk or a route");
        }

        MailOptions? mail = MailSettings.Read(section.Section("mail"), baseFolder);
        TranscriptionOptions transcription = TranscriptionSettings.Read(section.Section("transcription"), baseFolder);
        section.Finish();
        return new NumberSettings(enabled, networks) { LookupNetworks = lookups, Mail = mail, Transcription = transcription, Record = record.Count == 0 ? [] : record.Select(static text => text.Value).ToFrozenSet(StringComparer.Ordinal) };
    }

    /// <summary>Networks of a list.</summary>
    public static List<IPNetwork> ReadNetworks(SectionReader section, string name)
    {
        List<IPNetwork> networks = [];
        foreach (ConfigurationText text in section.Texts(name))
        {
            if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
            {
                section.Error(text, error);
            }
            else
            {
                networks.Add(network);
            }
        }

        return networks;
    }

    private static CallSettings ReadCalls(SectionReader section)
    {
        EngineOptions defaults = new();
        CallSettings result = new(
            (int)section.Integer("maxCalls", defaults.MaxCalls, 1, 1_000_000),
            section.Seconds("maxDurationSeconds", defaults.MaxCallDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            section.Seconds("maxRingingSeconds", defaults.MaxRinging, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)))
        {
            SilentProbe = section.Seconds("silentProbeSeconds", defaults.SilentCallProbe, TimeSpan.Zero, TimeSpan.FromHours(12)),
            MaxPerAccount = (int)section.Integer("maxPerAccount", 0, 0, 1_000_000),
            MaxAttempts = (int)section.Integer("maxAttempts", defaults.MaxDialAttempts, 1, 30),
            MaxFailover = section.Seconds("maxFailoverSeconds", defaults.MaxFailoverTime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        };
        section.Finish();
        return result;
    }

    private static TimeSpan ReadDrain(SectionReader section)
    {
        TimeSpan result = section.Seconds("limitSeconds", TimeSpan.FromSeconds(30), TimeSpan.Zero, TimeSpan.FromDays(1));
        section.Finish();
        return result;
    }

    private static LogLevel ReadLogging(SectionReader section)
    {
        ConfigurationText text = section.Text("level", "information");
        section.Finish();
        int level = Array.IndexOf(LevelNames, text.Value.ToLowerInvariant());
        if (level < 0)
        {
            section.Error(text, $"\"{text.Value}\" is not a level; levels are {string.Join(", ", LevelNames)}");
        }

        return level < 0 ? LogLevel.Information : (LogLevel)level;
    }

    private static int ReadTrace(SectionReader section)
    {
        int calls = (int)section.Integer("calls", 0, 0, TraceLimits.MaxCalls);
        section.Finish();
        return calls;
    }

    private static (int Shards, CallPlacement Placement) ReadEngine(SectionReader section)
    {
        int shards = (int)section.Integer("shards", 0, 0, 256);
        CallPlacement placement = section.Choice("placement", CallPlacement.Packed, ("packed", CallPlacement.Packed), ("spread", CallPlacement.Spread));
        section.Finish();
        return (shards, placement);
    }

    /// <summary>A SIP port inside a media range would be taken by one of the two, depending on the load.</summary>
    private static void CheckPorts(ServerSettings settings, ConfigurationErrors errors)
    {
        CheckPorts(settings, "media.ports", settings.Media.Network, errors);
        for (int i = 0; i < settings.Networks.Count; i++)
        {
            CheckPorts(settings, string.Create(CultureInfo.InvariantCulture, $"networks[{i}].ports"), settings.Networks[i], errors);
        }
    }

    private static void CheckPorts(ServerSettings settings, string key, EngineNetwork network, ConfigurationErrors errors)
    {
        (ushort first, ushort last) = (network.FirstMediaPort, network.LastMediaPort);
        foreach (SipListener listener in settings.Sip.Listen)
        {
            if (listener.Transport == SipTransportKind.Udp && listener.Endpoint.Port >= first && listener.Endpoint.Port <= last)
            {
                errors.Add(key, default, $"{first}-{last} holds the SIP port {listener.Endpoint.Port}; choose a range without it");
            }
        }

        // A call has two legs, each with a pair of ports, and all of it is on one shard.
        int shards = settings.Shards == 0 ? Environment.ProcessorCount : settings.Shards;
        int needed = 4 * shards;
        int pairs = (last + 1 - (first + (first & 1))) / 2;
        if (pairs < 2 * shards)
        {
            errors.Add(key, default, $"{first}-{last} has fewer than {needed} ports: four, of which the first is even, for each of {shards} shards (engine.shards), or some could not carry a call; widen it");
        }

        if (settings.Ng.Listen.HasAddress && settings.Ng.Listen.Port >= first && settings.Ng.Listen.Port <= last)
        {
            errors.Add(key, default, $"{first}-{last} holds the port of ng.listen, {settings.Ng.Listen.Port}; choose a range without it");
        }

        if (network != settings.Media.Network && settings.Networks.Prepend(settings.Media.Network).TakeWhile(other => other != network).Any(other => IsSamePlace(network, other)))
        {
            errors.Add(key, default, $"{first}-{last} overlaps another network's ports at the same address; choose another range");
        }

        static bool IsSamePlace(EngineNetwork one, EngineNetwork other)
            => one.FirstMediaPort <= other.LastMediaPort && other.FirstMediaPort <= one.LastMediaPort
            && AddressesOf(one).Any(address => AddressesOf(other).Any(known => known.IsIPv6 == address.IsIPv6 && (known.IsUnspecified || address.IsUnspecified || known.HasSameAddress(address))));

        static IEnumerable<NetworkEndpoint> AddressesOf(EngineNetwork one) => new[] { one.MediaAddress, one.MediaAddress6 }.Where(static address => address.HasAddress);
    }
}
