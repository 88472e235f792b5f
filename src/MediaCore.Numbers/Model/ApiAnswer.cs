namespace MediaCore.Numbers.Model;

/// <summary>What a changing call of the API was answered, by its idempotency key; a day later it is deleted.</summary>
public sealed class ApiAnswer : TenantRow, IRecordRow
{
    /// <summary>The key, unique within the tenant.</summary>
    public string Key { get; set; } = "";

    /// <summary>Hash of caller, method and request, hexadecimal.</summary>
    public string RequestHash { get; set; } = "";

    /// <summary>What has come of the call, <see cref="Storage.ApiAnswers"/>; null for a call that goes on, of a server that was older.</summary>
    public byte[]? Answer { get; set; }
}
