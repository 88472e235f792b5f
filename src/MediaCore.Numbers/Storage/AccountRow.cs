namespace MediaCore.Numbers.Storage;

/// <summary>Table <c>accounts</c>.</summary>
internal sealed class AccountRow
{
    public long Id { get; set; }

    /// <summary>Unique, case-sensitive.</summary>
    public string Name { get; set; } = "";

    public string Realm { get; set; } = "";

    /// <summary>MD5 of <c>name:realm:password</c>, 32 lower-case hexadecimal digits (RFC 3261 §22.4). As good as the password for this realm.</summary>
    public string Ha1Md5 { get; set; } = "";

    /// <summary>SHA-256 of the same, 64 digits (RFC 8760).</summary>
    public string Ha1Sha256 { get; set; } = "";

    /// <summary>SHA-512/256 of the same, 64 digits (RFC 8760); empty for an account that is older than the column, until its password is set anew.</summary>
    public string Ha1Sha512256 { get; set; } = "";

    public bool Enabled { get; set; }

    /// <summary>Milliseconds since 1970 UTC, as all times of this database: they sort and compare in every engine alike.</summary>
    public long CreatedAtMs { get; set; }
}
