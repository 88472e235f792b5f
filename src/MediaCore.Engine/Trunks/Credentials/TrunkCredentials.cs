namespace MediaCore.Engine.Trunks.Credentials;

/// <summary>
/// What we prove ourselves with to a trunk that asks for it (RFC 3261 §22.2, §22.3). Shared by all shards; a reload keeps the object of a trunk whose
/// user, password and realm stayed the same.
/// </summary>
/// <remarks>
/// Only one realm is ever answered: the configured one, or the first that the trunk's own address named in answer to an INVITE or REGISTER of ours. A
/// challenge with another realm, or from elsewhere, is somebody's attempt to get a digest of this password to guess at (AC-26, CVE-2021-41158).
/// </remarks>
/// <param name="user">User name, as in the Authorization header.</param>
/// <param name="password">The password; never logged nor listed.</param>
/// <param name="realm">The only realm to answer; null to learn it.</param>
public sealed class TrunkCredentials(string user, string password, string? realm = null)
{
    private byte[]? _realm = realm is null ? null : System.Text.Encoding.UTF8.GetBytes(realm);

    /// <summary>User name.</summary>
    public string User { get; } = user;

    /// <summary>The realm as configured; null to learn it from the trunk.</summary>
    public string? Realm { get; } = realm;

    internal string Password { get; } = password;

    /// <summary>Whether both would prove the same.</summary>
    public bool IsSame(TrunkCredentials? other) =>
        other is not null && User == other.User && Realm == other.Realm && string.Equals(Password, other.Password, StringComparison.Ordinal);

    /// <summary>Never shows the secret, nor who it is of.</summary>
    public override string ToString() => nameof(TrunkCredentials);

    /// <summary>Whether a realm is the one to be answered; <paramref name="mayLearn"/> lets the first one become it.</summary>
    internal bool Accepts(ReadOnlySpan<byte> realm, bool mayLearn)
    {
        byte[]? known = Volatile.Read(ref _realm);
        if (known is null)
        {
            if (!mayLearn || realm.IsEmpty)
            {
                return false;
            }

            byte[] learned = realm.ToArray();
            known = Interlocked.CompareExchange(ref _realm, learned, null) ?? learned;
        }

        return realm.SequenceEqual(known);
    }
}
