using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Calls;

/// <summary>How the service begins with a call.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Configuration">The tenant's configuration, which the call keeps.</param>
/// <param name="Root">What is done with it; when that is over the call is ended, if it goes on still.</param>
public sealed record CallBeginning(CallFacts Facts, TenantConfiguration Configuration, CallActivity Root);
