using System.Diagnostics.CodeAnalysis;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Registrar;

/// <summary>An account that phones register with.</summary>
/// <param name="Name">User part of its address of record and digest user name; case-sensitive (RFC 3261 §19.1.4).</param>
/// <param name="Secret">HA1 per algorithm for the engine's realm.</param>
public sealed record Account(string Name, DigestSecret Secret);

/// <summary>Looks accounts up in an immutable snapshot; called on shard threads.</summary>
public interface IAccountDirectory
{
    /// <summary>Finds an enabled account by name.</summary>
    bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Account? account);
}
