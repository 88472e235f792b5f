using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class NonInviteClientTransactionTests
{
    private readonly List<string> _log = [];
    private readonly NonInviteClientTransaction _transaction = new();
    private Timestamp _now = Timestamp.Zero;

    // Every cell of RFC 3261 figure 6. "deadline" is the end of the state's last timer.
    [Theory]
    [InlineData("Trying", "1xx", "pass 100", "Proceeding")]
    [InlineData("Trying", "2xx", "pass 200", "Completed")]
    [InlineData("Trying", "4xx", "pass 401", "Completed")]
    [InlineData("Trying", "99", "", "Trying")]
    [InlineData("Trying", "700", "", "Trying")]
    [InlineData("Trying", "deadline", "timeout, terminated", "Terminated")]
    [InlineData("Trying", "error", "transport error, terminated", "Terminated")]
    [InlineData("Proceeding", "1xx", "pass 100", "Proceeding")]
    [InlineData("Proceeding", "2xx", "pass 200", "Completed")]
    [InlineData("Proceeding", "4xx", "pass 401", "Completed")]
    [InlineData("Proceeding", "99", "", "Proceeding")]
    [InlineData("Proceeding", "700", "", "Proceeding")]
    [InlineData("Proceeding", "deadline", "timeout, terminated", "Terminated")]
    [InlineData("Proceeding", "error", "transport error, terminated", "Terminated")]
    [InlineData("Completed", "1xx", "", "Completed")]
    [InlineData("Completed", "2xx", "", "Completed")]
    [InlineData("Completed", "4xx", "", "Completed")]
    [InlineData("Completed", "99", "", "Completed")]
    [InlineData("Completed", "700", "", "Completed")]
    [InlineData("Completed", "deadline", "terminated", "Terminated")]
    [InlineData("Completed", "error", "", "Completed")]
    [InlineData("Terminated", "1xx", "", "Terminated")]
    [InlineData("Terminated", "2xx", "", "Terminated")]
    [InlineData("Terminated", "4xx", "", "Terminated")]
    [InlineData("Terminated", "99", "", "Terminated")]
    [InlineData("Terminated", "700", "", "Terminated")]
    [InlineData("Terminated", "deadline", "", "Terminated")]
    [InlineData("Terminated", "error", "", "Terminated")]
    public void NonINVITE_Client_Matrix(string state, string input, string actions, string next)
    {
        Enter(state);
        Assert.Equal(actions, TransactionInputs.Run(_log, () => Feed(input)));
        Assert.Equal(next, _transaction.State.ToString());
        Assert.Equal(next == "Terminated", _transaction.NextDeadline.IsNever);
    }

    [Fact]
    public void Request_Unanswered_OverUdp_IsSentElevenTimes_ThenTimesOut()
    {
        Start(reliable: false);
        Assert.Equal(
            [
                "500: request", "1500: request", "3500: request", "7500: request", "11500: request", "15500: request", "19500: request",
                "23500: request", "27500: request", "31500: request", "32000: timeout, terminated",
            ],
            Schedule());
        Assert.Equal(TransactionEnd.TimedOut, _transaction.End);
    }

    [Fact]
    public void Request_Unanswered_OverTcp_IsSentOnce_ThenTimesOut()
    {
        Start(reliable: true);
        Assert.Equal(TransactionTimer.F, _transaction.NextDeadlineReason);
        Assert.Equal(["32000: timeout, terminated"], Schedule());
    }

    [Fact]
    public void Proceeding_RetransmitsEveryT2_AndStillTimesOut()
    {
        Start(reliable: false);
        _now = Timestamp.FromMilliseconds(100);
        Feed("1xx");
        Assert.Equal(
            [
                "500: request", "4500: request", "8500: request", "12500: request", "16500: request", "20500: request", "24500: request",
                "28500: request", "32000: timeout, terminated",
            ],
            Schedule());
    }

    [Fact]
    public void Answered_OverUdp_AbsorbsRetransmissions_ForTimerK()
    {
        Enter("Completed");
        Assert.Equal(TransactionTimer.K, _transaction.NextDeadlineReason);
        Assert.Equal(["5000: terminated"], Schedule());
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Answered_OverTcp_EndsAtOnce()
    {
        Start(reliable: true);
        Assert.Equal("pass 200, terminated", TransactionInputs.Run(_log, () => Feed("2xx")));
        Assert.True(_transaction.NextDeadline.IsNever);
    }

    [Fact]
    public void WholeTransactions_AllocateNothing()
    {
        AllocationProbe.AssertZero(() =>
        {
            TransactionCounter sink = default;
            _transaction.Start(Timestamp.Zero, TransactionTimers.Default, reliable: false, ref sink);
            _transaction.HandleDeadline(_transaction.NextDeadline, ref sink);
            _transaction.HandleResponse(Timestamp.Zero, 200, ref sink);
            _transaction.HandleDeadline(_transaction.NextDeadline, ref sink);
        });
    }

    private List<string> Schedule()
    {
        TransactionRecorder sink = new(_log);
        return TransactionInputs.Schedule(_log, () => _transaction.NextDeadline, now => _transaction.HandleDeadline(now, ref sink));
    }

    private void Start(bool reliable)
    {
        TransactionRecorder sink = new(_log);
        _transaction.Start(_now, TransactionTimers.Default, reliable, ref sink);
    }

    private void Enter(string state)
    {
        if (state == "Terminated")
        {
            return;
        }

        Start(reliable: false);
        if (state != "Trying")
        {
            Feed(state == "Proceeding" ? "1xx" : "2xx");
        }

        Assert.Equal(state, _transaction.State.ToString());
    }

    private void Feed(string input)
    {
        TransactionRecorder sink = new(_log);
        switch (input)
        {
            case "error":
                _transaction.HandleTransportError(_now, ref sink);
                break;
            case "deadline":
                _transaction.HandleDeadline(Timestamp.FromMilliseconds(3_600_000), ref sink);
                break;
            default:
                int code = input switch { "1xx" => 100, "2xx" => 200, "4xx" => 401, "99" => 99, _ => 700 };
                _transaction.HandleResponse(_now, code, ref sink);
                break;
        }
    }
}
