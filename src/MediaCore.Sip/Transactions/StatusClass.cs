namespace MediaCore.Sip.Transactions;

/// <summary>The classes of status codes that the machines tell apart (RFC 3261 §7.2).</summary>
internal static class StatusClass
{
    public static bool IsStatusCode(int statusCode) => statusCode is >= 100 and <= 699;

    public static bool IsProvisional(int statusCode) => statusCode is >= 100 and <= 199;

    public static bool IsSuccess(int statusCode) => statusCode is >= 200 and <= 299;
}
