namespace MediaCore.Engine.Registrar;

/// <summary>How many wrong passwords are looked at.</summary>
public static class AuthenticationLimits
{
    /// <summary>Failures of one user from one address per <see cref="Window"/>. A phone with a wrong password tries once or twice a minute.</summary>
    public const int MaxFailuresPerAccountAndSource = 10;

    /// <summary>The same from an address that the account was used from: someone else behind the same NAT must do a lot before he is in the way.</summary>
    public const int MaxFailuresFromKnownAddress = 100;

    /// <summary>Failures of all users from one address: an office with some wrong phones stays below, a list of names does not.</summary>
    public const int MaxFailuresPerSource = 100;

    /// <summary>Failures of one user from all addresses; beyond it only known addresses are listened to.</summary>
    public const int MaxFailuresPerAccount = 100;

    /// <summary>Entries of the table of failures; at the bound those that say least make room. 24 bytes each.</summary>
    public const int TrackedFailures = 65_536;

    /// <summary>Addresses remembered of accounts, over all of them; only proved secrets get in. 24 bytes each.</summary>
    public const int TrackedAddresses = 262_144;

    /// <summary>Failures are forgotten so long after the first.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>How long an address stays known after the account's last success there.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(7);
}
