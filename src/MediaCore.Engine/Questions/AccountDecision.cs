using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Questions;

/// <summary>Who an account is.</summary>
/// <param name="Secret">H(A1) by algorithm; null: no such account, or it may not, which is answered as a wrong password is.</param>
public sealed record AccountDecision(DigestSecret? Secret);
