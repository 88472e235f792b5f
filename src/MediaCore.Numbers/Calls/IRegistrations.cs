using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Calls;

/// <summary>Whose phones are registered. Safe from any thread; waits for nothing.</summary>
public interface IRegistrations
{
    /// <summary>Whether an account has a phone that calls can reach.</summary>
    bool IsRegistered(string account);
}

/// <summary>The engine's registrar, as calls see it.</summary>
/// <param name="peers">The engine.</param>
public sealed class EngineRegistrations(IPeerStates peers) : IRegistrations
{
    /// <inheritdoc/>
    public bool IsRegistered(string account) => peers.CountContacts(account) > 0;
}
