using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Plans;

/// <summary>Says whether the server's configuration has a trunk of a name that a tenant may send calls to. Answers at once, from any thread.</summary>
/// <param name="tenant">The tenant.</param>
/// <param name="trunk">The trunk's name.</param>
public delegate bool TrunkRule(Tenant tenant, string trunk);
