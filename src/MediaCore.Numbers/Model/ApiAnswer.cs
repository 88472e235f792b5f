namespace MediaCore.Numbers.Model;

/// <summary>What a changing call of the API was answered, by its idempotency key; a day later it is deleted.</summary>
public sealed class ApiAnswer : TenantRow, IRecordRow
{
    /// <summary>The key, unique within the tenant.</summary>
    public string Key { get; set; } = "";

    /// <summary>Hash of caller, method and request, hexadecimal.</summary>
    public string RequestHash { get; set; } = "";

    /// <summary>The answer; null while the call goes on.</summary>
    public byte[]? Answer { get; set; }
}
