using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Control.Policy;
using MediaCore.Engine.Control;
using MediaCore.Engine.Questions;
using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary>Reads section <c>control.policy</c>: the control plane that is asked what to do with calls, accounts, transfers and messages.</summary>
internal static class PolicySettings
{
    /// <summary>A token is a line of text; what is longer is another file.</summary>
    private const int MaxTokenChars = 4096;

    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads the section; null when it is missing.</summary>
    public static PolicyOptions? Read(SectionReader section, string baseFolder)
    {
        Uri? target = section.IsPresent && section.RequiredText("target") is { } text ? ReadTarget(section, text) : null;
        bool isTls = target?.Scheme == Uri.UriSchemeHttps;
        BreakerOptions usual = new();
        SectionReader breaker = section.Section("breaker");
        PolicyOptions defaults = new() { Target = new Uri("http://127.0.0.1"), Terms = new QuestionTerms() };
        PolicyOptions options = new()
        {
            Target = target ?? defaults.Target,
            Terms = new QuestionTerms
            {
                Route = ReadRoute(section.Section("route")),
                Accounts = ReadAccounts(section.Section("authenticate")),
                Transfers = ReadTransfers(section.Section("transfer")),
                Messages = ReadMessages(section.Section("message")),
            },
            Token = ReadToken(section, target, baseFolder),
            Authorities = ReadAuthorities(section, baseFolder),
            Certificate = ReadCertificate(section, baseFolder)?.Context,
            Retries = (int)section.Integer("retries", defaults.Retries, 0, 10),
            MaxConcurrent = (int)section.Integer("maxConcurrent", defaults.MaxConcurrent, 1, 100_000),
            MaxWaiting = (int)section.Integer("maxWaiting", defaults.MaxWaiting, 0, 100_000),
            Breaker = new BreakerOptions
            {
                Failures = (int)breaker.Integer("failures", usual.Failures, 1, 1000),
                Ratio = breaker.Number("ratio", usual.Ratio, 0.01, 1),
                MinQuestions = (int)breaker.Integer("minQuestions", usual.MinQuestions, 1, 100_000),
                OpenFor = breaker.Seconds("openSeconds", usual.OpenFor, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            },
        };
        breaker.Finish();
        if (!isTls && target is not null && (section.Has("authority") || section.Has("certificate")))
        {
            section.Error(section.Has("certificate") ? "certificate" : "authority", "has no effect without an https:// address in control.policy.target");
        }

        section.Finish();
        return section.IsPresent ? options : null;
    }

    /// <summary>What of the routes has to fit to it: they lead to it only where it is asked, and its default is one of them.</summary>
    public static void Check(PolicyOptions? options, IReadOnlyList<RouteSettings> routes, ConfigurationErrors errors)
    {
        if (options?.Terms.Route is { Default: NamedRouteDecision { Route: var name } } && !routes.Any(route => route.Name == name))
        {
            errors.Add("control.policy.route.default", default, $"there is no route named \"{name}\"");
        }

        for (int i = 0; i < routes.Count && options?.Terms.Route is null; i++)
        {
            if (routes[i].Control?.Application == ControlApplication.Policy)
            {
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"routes[{i}].control"), default, "leads to the control plane that is asked, and none is: say where it is in control.policy.target, or give the application another name than \"policy\"");
            }
        }
    }

    private static Uri? ReadTarget(SectionReader section, in ConfigurationText text)
    {
        if (Uri.TryCreate(text.Value, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0)
        {
            return uri;
        }

        section.Error(text, $"\"{text.Value}\" is no address of a gRPC server; write http://host:port or https://host:port");
        return null;
    }

    private static RouteTerms? ReadRoute(SectionReader section)
    {
        bool enabled = section.Flag("enabled", true);
        TimeSpan deadline = section.Seconds("deadlineSeconds", TimeSpan.FromSeconds(3), s_least, QuestionLimits.MaxRouteDeadline);
        ConfigurationText text = section.Text("default", "reject:503");
        section.Finish();
        RouteDecision decision = new RejectDecision(503);
        if (text.Value == "next")
        {
            decision = new NextStepDecision();
        }
        else if (text.Value.StartsWith("route:", StringComparison.Ordinal) && text.Value.Length > 6)
        {
            decision = new NamedRouteDecision(text.Value[6..]);
        }
        else if (TryReadReject(text.Value, out int status))
        {
            decision = new RejectDecision(status);
        }
        else
        {
            section.Error(text, $"\"{text.Value}\" is not what can be done with a call; write \"next\" (what the route has after the question), \"route:NAME\" or \"reject:STATUS\" with 400 to 699 but 401, 407 and 487");
        }

        return enabled ? new RouteTerms(deadline, decision) : null;
    }

    private static AccountTerms? ReadAccounts(SectionReader section)
    {
        bool enabled = section.Flag("enabled", section.IsPresent);
        AccountTerms terms = new(
            section.Seconds("deadlineSeconds", TimeSpan.FromSeconds(2), s_least, QuestionLimits.MaxRequestDeadline),
            section.Seconds("cacheSeconds", TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)),
            section.Seconds("refusedCacheSeconds", TimeSpan.FromSeconds(30), TimeSpan.Zero, TimeSpan.FromHours(1)));
        section.Finish();
        return enabled ? terms : null;
    }

    private static TransferTerms? ReadTransfers(SectionReader section)
    {
        bool enabled = section.Flag("enabled", section.IsPresent);
        TransferTerms terms = new(
            section.Seconds("deadlineSeconds", TimeSpan.FromSeconds(2), s_least, QuestionLimits.MaxRequestDeadline),
            section.Choice("default", false, ("refuse", false), ("allow", true)));
        section.Finish();
        return enabled ? terms : null;
    }

    private static MessageTerms? ReadMessages(SectionReader section)
    {
        bool enabled = section.Flag("enabled", section.IsPresent);
        TimeSpan deadline = section.Seconds("deadlineSeconds", TimeSpan.FromSeconds(2), s_least, QuestionLimits.MaxRequestDeadline);
        ConfigurationText text = section.Text("default", "deliver");
        section.Finish();
        int status = 0;
        if (text.Value != "deliver" && !TryReadReject(text.Value, out status))
        {
            section.Error(text, $"\"{text.Value}\" is not what can be done with a message; write \"deliver\" or \"reject:STATUS\" with 400 to 699 but 401, 407 and 487");
        }

        return enabled ? new MessageTerms(deadline, status == 0 ? MessageDecision.Deliver : new MessageDecision(status)) : null;
    }

    private static bool TryReadReject(string text, out int status)
    {
        status = 0;
        return text.StartsWith("reject:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 400 and <= 699 and not (401 or 407 or 487);
    }

    /// <summary>The token stands in a file of its own, so that the configuration can be shown.</summary>
    private static string? ReadToken(SectionReader section, Uri? target, string baseFolder)
    {
        if (section.OptionalText("tokenFile", null) is not { } text)
        {
            return null;
        }

        if (target is { IsLoopback: false } && target.Scheme == Uri.UriSchemeHttp)
        {
            section.Error(text, "the token would cross the network for all to read; write https:// in control.policy.target, or reach it over loopback");
        }

        string file = Path.GetFullPath(text.Value, baseFolder);
        try
        {
            string token = File.ReadAllText(file).Trim();
            if (token.Length is > 0 and <= MaxTokenChars && token.All(static c => c is >= '!' and <= '~'))
            {
                return token;
            }

            section.Error(text, $"'{file}' holds no token: it has one line of 1 to {MaxTokenChars} visible characters");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(text, $"the token cannot be read: {e.Message}");
        }

        return null;
    }

    private static X509Certificate2Collection ReadAuthorities(SectionReader section, string baseFolder)
    {
        if (section.OptionalText("authority", null) is not { } text)
        {
            return [];
        }

        try
        {
            return TlsCertificate.LoadAuthorities(Path.GetFullPath(text.Value, baseFolder));
        }
        catch (TlsFileException exception)
        {
            section.Error(text, exception.Message);
            return [];
        }
    }

    private static TlsCertificate? ReadCertificate(SectionReader section, string baseFolder)
    {
        ConfigurationText? certificate = section.OptionalText("certificate", null);
        ConfigurationText? key = section.OptionalText("key", null);
        if (certificate is not { } written)
        {
            if (key is { } alone)
            {
                section.Error(alone, "is of no use without control.policy.certificate");
            }

            return null;
        }

        string file = Path.GetFullPath(written.Value, baseFolder);
        string keyFile = key is { } keyText ? Path.GetFullPath(keyText.Value, baseFolder) : file;
        try
        {
            return TlsCertificate.Load(file, keyFile);
        }
        catch (TlsFileException exception)
        {
            section.Error(key is { } of && exception.Path == keyFile && keyFile != file ? of : written, exception.Message);
            return null;
        }
    }
}
