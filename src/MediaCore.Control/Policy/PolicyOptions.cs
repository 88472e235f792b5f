using System.Security.Cryptography.X509Certificates;
using System.Net.Security;
using MediaCore.Engine.Questions;

namespace MediaCore.Control.Policy;

/// <summary>The control plane that is asked, and how.</summary>
public sealed record PolicyOptions
{
    /// <summary>Where it is: <c>http://host:port</c> (HTTP/2 with prior knowledge) or <c>https://host:port</c>.</summary>
    public required Uri Target { get; init; }

    /// <summary>Which questions it is asked.</summary>
    public required QuestionTerms Terms { get; init; }

    /// <summary>Sent with each question as <c>authorization: Bearer …</c>; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Authorities that its certificate may be of; empty for those of the system.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>What we show it; null for nothing.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>How often a question that it was not there for (UNAVAILABLE) is asked again before its deadline.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>When it is left alone.</summary>
    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>Questions of one kind that are under way at once.</summary>
    public int MaxConcurrent { get; init; } = 256;

    /// <summary>Questions of one kind that wait for one of them to end; with one more the default is taken at once.</summary>
    public int MaxWaiting { get; init; } = 1_024;
}
