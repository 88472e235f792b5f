namespace MediaCore.Numbers.Storage;

/// <summary>Who makes a change, and what it is.</summary>
/// <param name="Actor">A user, a key, <c>system</c>; stands in the audit.</param>
/// <param name="Action">What is done, as <c>number.buy</c>; stands in the audit.</param>
public sealed record ChangeOrigin(string Actor, string Action);
