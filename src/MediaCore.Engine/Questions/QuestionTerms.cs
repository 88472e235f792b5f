namespace MediaCore.Engine.Questions;

/// <summary>Which questions a control plane is asked; null for those that it is not.</summary>
public sealed record QuestionTerms
{
    /// <summary>Calls whose route leads to the control plane.</summary>
    public RouteTerms? Route { get; init; }

    /// <summary>Accounts that the server does not know itself.</summary>
    public AccountTerms? Accounts { get; init; }

    /// <summary>Transfers (REFER) of calls that nobody controls.</summary>
    public TransferTerms? Transfers { get; init; }

    /// <summary>MESSAGEs outside of calls.</summary>
    public MessageTerms? Messages { get; init; }
}

/// <summary>How calls are asked about.</summary>
/// <param name="Deadline">How long a call waits.</param>
/// <param name="Default">What is done without an answer.</param>
public sealed record RouteTerms(TimeSpan Deadline, RouteDecision Default);

/// <summary>How accounts are asked about. Without an answer a request is refused with 503, and nothing is remembered.</summary>
/// <param name="Deadline">How long a request waits.</param>
/// <param name="KnownFor">How long an account's secret is good.</param>
/// <param name="RefusedFor">How long a refused name is not asked about again.</param>
public sealed record AccountTerms(TimeSpan Deadline, TimeSpan KnownFor, TimeSpan RefusedFor);

/// <summary>How transfers are asked about.</summary>
/// <param name="Deadline">How long a REFER waits.</param>
/// <param name="AllowsByDefault">Whether it goes on without an answer.</param>
public sealed record TransferTerms(TimeSpan Deadline, bool AllowsByDefault);

/// <summary>How messages are asked about.</summary>
/// <param name="Deadline">How long a MESSAGE waits.</param>
/// <param name="Default">What is done without an answer.</param>
public sealed record MessageTerms(TimeSpan Deadline, MessageDecision Default);
