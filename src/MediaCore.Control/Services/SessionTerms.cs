using System.Diagnostics.CodeAnalysis;
using MediaCore.Control.Controllers;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Services;

/// <summary>What a session wants, read from its first message.</summary>
internal sealed class SessionTerms
{
    private readonly HashSet<string> _applications;

    private SessionTerms(V1.Open open, ReleaseTerms release, ulong kinds)
    {
        Controller = open.Controller;
        AutoClaims = open.AutoClaim;
        ResumeToken = open.ResumeToken;
        Release = release;
        Kinds = kinds;
        _applications = [.. open.Applications];
    }

    /// <summary>The controller.</summary>
    public string Controller { get; }

    /// <summary>Whether what it is offered is claimed for it.</summary>
    public bool AutoClaims { get; }

    /// <summary>Where it goes on; empty for nowhere.</summary>
    public string ResumeToken { get; }

    /// <summary>What becomes of its calls when it is lost.</summary>
    public ReleaseTerms Release { get; }

    /// <summary>The kinds of events that it wants of its calls.</summary>
    public ulong Kinds { get; }

    /// <summary>Reads the first message; false with a problem.</summary>
    public static bool TryRead(V1.SessionRequest? request, [NotNullWhen(true)] out SessionTerms? terms, [NotNullWhen(false)] out string? problem)
    {
        terms = null;
        Problems problems = new();
        if (request?.Open is not { } open)
        {
            problem = "The first message of a session is open.";
            return false;
        }

        if (!ControllerName.IsValid(open.Controller))
        {
            problems.Add(ControllerName.Rule);
        }

        if (open.Applications.Count > ControlServiceLimits.MaxApplications || open.Applications.Any(static a => a.Length is 0 or > ControlLimits.MaxNameChars))
        {
            problems.Add($"open.applications has at most {ControlServiceLimits.MaxApplications} names of 1 to {ControlLimits.MaxNameChars} characters.");
        }

        if (open.Applications.Contains(ControlApplication.Numbers))
        {
            problems.Add($"open.applications: {ControlApplication.Numbers} is the server's own application, whose calls are offered to nobody else.");
        }

        TimeSpan grace = DurationMapping.Read(open.Grace, ControlServiceLimits.DefaultGrace, "open.grace", problems);
        if (grace > ControlServiceLimits.MaxGrace)
        {
            problems.Add($"open.grace is at most {ControlServiceLimits.MaxGrace.TotalMinutes:0} minutes.");
        }

        ReleaseTerms release = new(grace, EnumMapping.ToPolicy(open.OnLost, problems), TextMapping.ToNullable(open.OnLostRoute));
        if (release.Route is not null && release.Policy != ReleasePolicy.NextStep)
        {
            problems.Add("open.on_lost_route goes with on_lost RELEASE_POLICY_NEXT_STEP.");
        }

        ulong kinds = EventKinds.Usual | EventSelection.ReadKinds(open.MoreKinds, usual: 0, problems);
        problem = problems.First;
        terms = new SessionTerms(open, release, kinds);
        return problem is null;
    }

    /// <summary>Whether it wants to be offered the calls of an application.</summary>
    public bool WantsOffers(string? application) => application is not null and not ControlApplication.Numbers && (_applications.Contains(application) || _applications.Contains("*"));
}
