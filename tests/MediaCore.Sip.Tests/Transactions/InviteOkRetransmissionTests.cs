using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class InviteOkRetransmissionTests
{
    [Fact]
    public void OK_Unacknowledged_IsRetransmittedUpToT2_ThenGivenUp()
    {
        InviteOkRetransmission ok = default;
        Assert.True(ok.NextDeadline.IsNever);
        Assert.Equal(InviteOkAction.None, ok.HandleDeadline(Timestamp.FromMilliseconds(1)));
        Assert.Equal(InviteOkAction.None, ok.HandleDeadline(Timestamp.Never));

        ok.Start(Timestamp.Zero, TransactionTimers.Default);
        List<string> schedule = [];
        while (ok.IsRunning)
        {
            Timestamp due = ok.NextDeadline;
            Assert.Equal(InviteOkAction.None, ok.HandleDeadline(TransactionInputs.OneTickBefore(due)));
            schedule.Add($"{(due - Timestamp.Zero).TotalMilliseconds} {ok.HandleDeadline(due)}");
            Assert.Equal(InviteOkAction.None, ok.HandleDeadline(due));
        }

        Assert.Equal(
            [
                "500 Retransmit", "1500 Retransmit", "3500 Retransmit", "7500 Retransmit", "11500 Retransmit", "15500 Retransmit",
                "19500 Retransmit", "23500 Retransmit", "27500 Retransmit", "31500 Retransmit", "32000 GiveUp",
            ],
            schedule);
    }

    [Fact]
    public void ACK_StopsIt()
    {
        InviteOkRetransmission ok = default;
        ok.Start(Timestamp.Zero, TransactionTimers.Default);
        ok.HandleAck();
        Assert.True(ok.NextDeadline.IsNever);
        Assert.Equal(InviteOkAction.None, ok.HandleDeadline(Timestamp.FromMilliseconds(60_000)));
    }
}
