using MediaCore.Engine.Calls;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Subscriptions;

/// <summary>States of a dialog that are told (RFC 4235 §3.7.1).</summary>
internal enum DialogPhase : byte
{
    Trying,
    Early,
    Confirmed,
    Terminated,
}

/// <summary>
/// One leg of an account's call as it is told to subscribers: an immutable copy that may go to another shard. The other party is as the account's own
/// phone sees it in the call's From or To, so that whoever withheld a number has withheld it here too; of the phone itself only the account is told.
/// Call-ID and tags are none of the dialog's own, which would let the reader meddle with the call: of a call that rings they are a name to pick it up by, of others they
/// are left out.
/// </summary>
internal sealed record DialogView
{
    public required string Account { get; init; }

    /// <summary>Of the leg, unique and of our own making.</summary>
    public required string Id { get; init; }

    /// <summary>The shard of the call.</summary>
    public required int Shard { get; init; }

    /// <summary>The account called, rather than being called.</summary>
    public required bool IsInitiator { get; init; }

    public required DialogPhase Phase { get; init; }

    /// <summary>By what it can be picked up (<see cref="PickUpName"/>): Call-ID and tag; empty for a call that does not ring.</summary>
    public string PickUp { get; init; } = "";

    public byte[] RemoteUri { get; init; } = [];

    public byte[] RemoteName { get; init; } = [];

    public static DialogView Of(Leg leg, string account, int shard, string pickUp)
    {
        // In the dialog with the account's phone, our address is who the phone talks with.
        Read(leg.Dialog.LocalAddress, out byte[] remote, out byte[] name);
        return new DialogView
        {
            Account = account,
            Id = $"{leg.Call.Id}-{leg.Index}",
            Shard = shard,
            IsInitiator = leg.IsInbound,
            Phase = GetPhase(leg),
            PickUp = pickUp,
            RemoteUri = remote,
            RemoteName = name,
        };
    }

    private static DialogPhase GetPhase(Leg leg) => leg.Call.State == CallState.Ended
        ? DialogPhase.Terminated
        : leg.State switch
        {
            LegState.Answered => DialogPhase.Confirmed,
            LegState.Inviting => leg.RingingAt is null ? DialogPhase.Trying : DialogPhase.Early,
            _ => DialogPhase.Terminated,
        };

    private static void Read(ReadOnlySpan<byte> address, out byte[] uri, out byte[] name)
    {
        uri = name = [];
        if (NameAddress.TryParse(address, out NameAddress parsed))
        {
            uri = parsed.Uri.Length <= SubscriptionLimits.MaxIdentityBytes ? parsed.Uri.ToArray() : [];
            name = parsed.DisplayName.Length <= SubscriptionLimits.MaxIdentityBytes ? parsed.DisplayName.ToArray() : [];
        }
    }
}
