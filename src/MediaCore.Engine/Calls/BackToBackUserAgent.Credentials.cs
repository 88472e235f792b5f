using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Requests of calls that a trunk challenged: the transaction layer sends them again with credentials, and here the leg goes on with the repetition.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Whether a challenged request of a leg is still wanted.</summary>
    public static bool IsStillWanted(Leg leg, ClientTransaction transaction) =>
        transaction.Purpose != RequestPurpose.InitialInvite || (leg.State == LegState.Inviting && leg.Call.State != CallState.Ended);

    /// <summary>A request of a leg is sent again as <paramref name="repetition"/> (RFC 3261 §22.2); what the leg kept of the first is of no use any more.</summary>
    public void OnRepeated(Leg leg, ClientTransaction transaction, ClientTransaction repetition)
    {
        // One request was opened and one is: the leg's count of open requests stays as it was.
        transaction.HasFinal = true;
        if (ReferenceEquals(leg.UpdateClient, transaction))
        {
            leg.UpdateClient = repetition;
        }

        if (!transaction.IsInvite)
        {
            return;
        }

        leg.InviteCSeq = repetition.CSeq;
        if (ReferenceEquals(leg.InviteClient, transaction))
        {
            leg.InviteClient = repetition;
        }

        // A challenge is no sign that the call goes on: the trunk has its time again to say something.
        Call call = leg.Call;
        if (transaction.Purpose == RequestPurpose.InitialInvite && call.StepIndex < call.Plan.Steps.Length && call.Plan.Steps[call.StepIndex] is DialStep { Parallel: false })
        {
            _context.Wheel.Schedule(call.AttemptTimer, _context.Now + (leg.Trunk?.Failover.ResponseTimeout ?? _context.Options.TrunkResponseTimeout));
        }
    }

    /// <summary>The ACK for a 2xx carries the credentials of its INVITE, since it cannot be challenged itself (RFC 3261 §22.1).</summary>
    private static void WriteAckCredentials(ref SipWriter writer, Leg leg)
    {
        if (leg.Credentials is { } credentials)
        {
            writer.Raw(credentials.Rows);
        }
    }
}
