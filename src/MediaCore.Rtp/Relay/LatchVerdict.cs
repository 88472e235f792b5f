namespace MediaCore.Rtp.Relay;

/// <summary>What <see cref="SourceLatch"/> says about a packet.</summary>
public enum LatchVerdict
{
    /// <summary>Drop and count it: somebody else is (or may be) the peer.</summary>
    Reject = 0,

    /// <summary>Relay it; where we send to stays as it was.</summary>
    Accept = 1,

    /// <summary>Relay it, and from now on send to <see cref="SourceLatch.Source"/>, which has just become known or changed.</summary>
    AcceptAndLearned = 2,
}
