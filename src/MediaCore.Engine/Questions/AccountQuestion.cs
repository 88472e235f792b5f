namespace MediaCore.Engine.Questions;

/// <summary>Who an account is that the server does not know. Asked when credentials come over a challenge of ours, never before.</summary>
/// <param name="Account">The name that the credentials have.</param>
/// <param name="Realm">Our realm, which goes into H(A1).</param>
/// <param name="Source">Transport, address and port of the first request that asks.</param>
/// <param name="Method">Its method.</param>
public sealed record AccountQuestion(string Account, string Realm, string Source, string Method);
