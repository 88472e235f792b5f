namespace MediaCore.Numbers.Model;

/// <summary>Credentials that phones register with. Names are unique over all tenants, since a REGISTER names no tenant.</summary>
public sealed class SipAccount : TenantRow
{
    /// <summary>User part of the address of record; unique, case-sensitive.</summary>
    public string Name { get; set; } = "";

    /// <summary>Digest realm that the digests were made for.</summary>
    public string Realm { get; set; } = "";

    /// <summary>MD5 of <c>name:realm:password</c>, 32 lower-case hexadecimal digits (RFC 3261 §22.4). As good as the password for this realm.</summary>
    [Secret]
    public string Ha1Md5 { get; set; } = "";

    /// <summary>SHA-256 of the same, 64 digits (RFC 8760).</summary>
    [Secret]
    public string Ha1Sha256 { get; set; } = "";

    /// <summary>SHA-512/256 of the same, 64 digits (RFC 8760).</summary>
    [Secret]
    public string Ha1Sha512256 { get; set; } = "";

    /// <summary>A disabled account neither registers nor is rung.</summary>
    public bool Disabled { get; set; }
}
