using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class ReliableProvisionalRetransmissionTests
{
    [Fact]
    public void Schedule_DoublesWithoutCeiling_AndGivesUpAfter64T1()
    {
        Timestamp start = Timestamp.FromMilliseconds(10_000);
        ReliableProvisionalRetransmission machine = default;
        Assert.True(machine.NextDeadline.IsNever);
        Assert.Equal(ReliableProvisionalAction.None, machine.HandleDeadline(start));
        machine.Start(start, TransactionTimers.Default);
        foreach (int at in new[] { 500, 1_500, 3_500, 7_500, 15_500, 31_500 })
        {
            Timestamp due = Timestamp.FromMilliseconds(10_000 + at);
            Assert.Equal(due, machine.NextDeadline);
            Assert.Equal(ReliableProvisionalAction.None, machine.HandleDeadline(new Timestamp(due.Nanoseconds - 1)));
            Assert.Equal(ReliableProvisionalAction.Retransmit, machine.HandleDeadline(due));
        }

        Timestamp end = Timestamp.FromMilliseconds(42_000);
        Assert.Equal(end, machine.NextDeadline);
        Assert.Equal(ReliableProvisionalAction.GiveUp, machine.HandleDeadline(end));
        Assert.False(machine.IsRunning);
        Assert.True(machine.NextDeadline.IsNever);
    }

    [Fact]
    public void Stop_EndsIt()
    {
        ReliableProvisionalRetransmission machine = default;
        machine.Start(Timestamp.Zero, TransactionTimers.Default);
        machine.Stop();
        Assert.True(machine.NextDeadline.IsNever);
        Assert.Equal(ReliableProvisionalAction.None, machine.HandleDeadline(Timestamp.FromMilliseconds(60_000)));
    }
}
