namespace MediaCore.Engine.Registrar;

/// <summary>Bounds of what a REGISTER can make the server keep.</summary>
public static class RegistrarLimits
{
    /// <summary>Longest contact URI kept, bytes; the limit on a Request-URI we would have to send. Phones' with GRUU and push parameters reach about 400.</summary>
    public const int MaxContactBytes = 512;

    /// <summary>Longest Call-ID kept, bytes: what a dialog takes.</summary>
    public const int MaxCallIdBytes = 512;

    /// <summary>Longest <c>+sip.instance</c>, bytes; a URN of a UUID in brackets has 47, of an IMEI 38.</summary>
    public const int MaxInstanceBytes = 128;

    /// <summary>All Path values of a REGISTER together, bytes. An edge proxy with a flow token takes about 120.</summary>
    public const int MaxPathBytes = 1024;

    /// <summary>Path values; longer chains of proxies get 400. An IMS network has two or three.</summary>
    public const int MaxPathValues = 8;

    /// <summary>Times a list is read again because another shard changed it; more only if phones fight over one account.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Accounts whose contacts are kept alive in one step; with four steps a second that is 8,000 accounts/s, 200,000 in 25 s. More take longer.</summary>
    public const int KeptAliveAccountsPerStep = 2_000;

    /// <summary>Accounts looked at in one step of the sweep, so that it never keeps a shard's loop.</summary>
    public const int SweptAccountsPerStep = 1_000;
}
