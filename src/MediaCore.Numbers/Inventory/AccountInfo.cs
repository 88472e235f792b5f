namespace MediaCore.Numbers.Inventory;

/// <summary>An account as it is shown: everything but its secrets.</summary>
/// <param name="Name">User part of the address of record, digest user name.</param>
/// <param name="Realm">Digest realm that the secrets were made for.</param>
/// <param name="Enabled">A disabled account can neither register nor call nor be called.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record AccountInfo(string Name, string Realm, bool Enabled, DateTimeOffset CreatedAt);
