namespace MediaCore.Engine.Subscriptions;

/// <summary>Whose calls an account may watch (RFC 4235 §3.6).</summary>
public enum DialogSubscriptions
{
    /// <summary>Its own, over all of its phones.</summary>
    Own,

    /// <summary>Those of every account: lamp fields of a trusting office.</summary>
    All,
}
