using System.CommandLine;
using System.Net;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>The options that say what the load is put on; the same for every command that does.</summary>
/// <param name="warmUpSeconds">How long a server is warmed up where nothing else is asked for.</param>
internal sealed class TargetArguments(double warmUpSeconds = 0)
{
    private const int MostGatherMilliseconds = 50;
    private const int MostWarmUpSeconds = 600;

    private readonly Option<string> _program = new("--program") { Description = "Path of mediacore.dll: a server of its own is started and configured for the scenario.", DefaultValueFactory = static _ => "" };
    private readonly Option<string> _server = new("--server") { Description = "ADDRESS:PORT of a server that runs already, in place of --program.", DefaultValueFactory = static _ => "" };
    private readonly Option<string> _metrics = new("--metrics") { Description = "Address of that server's metrics, as http://127.0.0.1:8080/metrics.", DefaultValueFactory = static _ => "" };
    private readonly Option<bool> _direct = new("--direct") { Description = "Callers call callees with no server between: measures the generator." };
    private readonly Option<bool> _remote = new("--allow-remote") { Description = "Allow addresses outside loopback. Only where you may put load on them." };
    private readonly Option<string> _callers = new("--callers") { Description = "Address of the callers.", DefaultValueFactory = static _ => "127.0.0.2" };
    private readonly Option<string> _callees = new("--callees") { Description = "Address, with or without a port, of the callees.", DefaultValueFactory = static _ => "127.0.0.3" };
    private readonly Option<int> _places = new("--places") { Description = "Most calls at once; 0: by the rate and the scenario." };
    private readonly Option<int> _accounts = new("--accounts") { Description = "Accounts that register: load1, load2 and so on.", DefaultValueFactory = static _ => 200 };
    private readonly Option<string> _password = new("--password") { Description = "Password of the accounts.", DefaultValueFactory = static _ => "load-generator" };
    private readonly Option<int> _seed = new("--seed") { Description = "What is drawn (scenarios, durations, Poisson gaps) is the same with the same seed.", DefaultValueFactory = static _ => 1 };

    private readonly Option<double> _warmUp = new("--warm-up-seconds") { Description = "How long the server has calls, at most 100 a second, before any counts: one that was just started still compiles for a quarter of a minute.", DefaultValueFactory = _ => warmUpSeconds };
    private readonly Option<double> _gather = new("--gather-ms") { Description = "Where calls are many, what comes to the generator waits so long for more, which halves what a call costs it; 0: everything is answered at once.", DefaultValueFactory = static _ => GeneratorOptions.DefaultGather.TotalMilliseconds };

    public IReadOnlyList<Option> All => [_program, _server, _metrics, _direct, _remote, _callers, _callees, _places, _accounts, _password, _seed, _warmUp, _gather];

    /// <summary>Reads them; what is wrong is added to the problems, each saying what would be right.</summary>
    public LoadOptions Read(ParseResult parsed, ScenarioMix mix, List<string> problems)
    {
        string program = parsed.GetValue(_program) is { Length: > 0 } given ? Path.GetFullPath(given) : "";
        string server = parsed.GetValue(_server)!;
        bool isDirect = parsed.GetValue(_direct);
        if ((program.Length > 0 ? 1 : 0) + (server.Length > 0 ? 1 : 0) + (isDirect ? 1 : 0) != 1)
        {
            problems.Add("say what to call: one of --program, --server and --direct");
        }

        if (program.Length > 0)
        {
            Lab.CheckProgram(program, problems);
        }

        if (isDirect && mix.Scenarios.FirstOrDefault(static s => s.IsSecure || s.IsTranscoded || s.Registers || s.Transfers) is { } unfit)
        {
            problems.Add($"{unfit.Name} needs a server: SRTP, transcoding, register and refer have no --direct");
        }

        Uri? metrics = null;
        if (parsed.GetValue(_metrics) is { Length: > 0 } page && (!Uri.TryCreate(page, UriKind.Absolute, out metrics) || metrics.Scheme is not ("http" or "https")))
        {
            problems.Add("--metrics is an address as http://127.0.0.1:8080/metrics");
        }

        if (parsed.GetValue(_places) is < 0 or > CallName.MaxSlots || parsed.GetValue(_accounts) is < 1 or > 100_000)
        {
            problems.Add($"--places is at most {CallName.MaxSlots}, --accounts 1 to 100000");
        }

        double gather = parsed.GetValue(_gather);
        if (gather is not (>= 0 and <= MostGatherMilliseconds))
        {
            problems.Add($"--gather-ms is 0 to {MostGatherMilliseconds}");
            gather = 0;
        }

        double warmUp = parsed.GetValue(_warmUp);
        if (warmUp is not (>= 0 and <= MostWarmUpSeconds))
        {
            problems.Add($"--warm-up-seconds is 0 to {MostWarmUpSeconds}");
            warmUp = 0;
        }

        bool mayBeRemote = parsed.GetValue(_remote);
        return new LoadOptions
        {
            Mix = mix,
            Arrivals = null!,
            Origin = Origin.Of(parsed),
            IsDirect = isDirect,
            Program = program,
            Server = server.Length == 0 ? default : Address("--server", server, needsPort: true, mayBeRemote, problems),
            Metrics = metrics,
            Callers = Address("--callers", parsed.GetValue(_callers)!, needsPort: false, mayBeRemote, problems),
            Callees = Address("--callees", parsed.GetValue(_callees)!, needsPort: false, mayBeRemote, problems),
            Places = parsed.GetValue(_places),
            Accounts = mix.Scenarios.Any(static s => s.Registers) ? parsed.GetValue(_accounts) : 0,
            Password = parsed.GetValue(_password)!,
            Seed = parsed.GetValue(_seed),
            WarmUp = TimeSpan.FromSeconds(warmUp),
            Gather = TimeSpan.FromMilliseconds(gather),
        };
    }

    private static NetworkEndpoint Address(string option, string text, bool needsPort, bool mayBeRemote, List<string> problems)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? endpoint) || (needsPort && endpoint.Port == 0))
        {
            problems.Add($"{option} is an address{(needsPort ? " with a port, as 127.0.0.1:5060" : ", as 127.0.0.2")}, not a name");
            return default;
        }

        if (!IPAddress.IsLoopback(endpoint.Address) && !mayBeRemote)
        {
            problems.Add($"{option} {text} is not on this machine: load on others' networks needs --allow-remote, and their leave");
        }

        return NetworkEndpoint.From(endpoint);
    }
}
