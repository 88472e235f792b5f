using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class InviteClientTransactionTests
{
    private readonly List<string> _log = [];
    private readonly InviteClientTransaction _transaction = new();
    private Timestamp _now = Timestamp.Zero;

    // Every cell of RFC 3261 figure 5 with RFC 6026 figure 8: state, input, actions, next state. "deadline" is the end of the state's last timer.
    [Theory]
    [InlineData("Calling", "1xx", "pass 180", "Proceeding")]
    [InlineData("Calling", "2xx", "pass 200", "Accepted")]
    [InlineData("Calling", "3xx", "ack, pass 302", "Completed")]
    [InlineData("Calling", "6xx", "ack, pass 603", "Completed")]
    [InlineData("Calling", "99", "", "Calling")]
    [InlineData("Calling", "700", "", "Calling")]
    [InlineData("Calling", "deadline", "timeout, terminated", "Terminated")]
    [InlineData("Calling", "error", "transport error, terminated", "Terminated")]
    [InlineData("Proceeding", "1xx", "pass 180", "Proceeding")]
    [InlineData("Proceeding", "2xx", "pass 200", "Accepted")]
    [InlineData("Proceeding", "3xx", "ack, pass 302", "Completed")]
    [InlineData("Proceeding", "6xx", "ack, pass 603", "Completed")]
    [InlineData("Proceeding", "99", "", "Proceeding")]
    [InlineData("Proceeding", "700", "", "Proceeding")]
    [InlineData("Proceeding", "deadline", "", "Proceeding")]
    [InlineData("Proceeding", "error", "", "Proceeding")]
    [InlineData("Accepted", "1xx", "", "Accepted")]
    [InlineData("Accepted", "2xx", "pass 200", "Accepted")]
    [InlineData("Accepted", "3xx", "", "Accepted")]
    [InlineData("Accepted", "6xx", "", "Accepted")]
    [InlineData("Accepted", "99", "", "Accepted")]
    [InlineData("Accepted", "700", "", "Accepted")]
    [InlineData("Accepted", "deadline", "terminated", "Terminated")]
    [InlineData("Accepted", "error", "", "Accepted")]
    [InlineData("Completed", "1xx", "", "Completed")]
    [InlineData("Completed", "2xx", "", "Completed")]
    [InlineData("Completed", "3xx", "ack", "Completed")]
    [InlineData("Completed", "6xx", "ack", "Completed")]
    [InlineData("Completed", "99", "", "Completed")]
    [InlineData("Completed", "700", "", "Completed")]
    [InlineData("Completed", "deadline", "terminated", "Terminated")]
    [InlineData("Completed", "error", "transport error, terminated", "Terminated")]
    [InlineData("Terminated", "1xx", "", "Terminated")]
    [InlineData("Terminated", "2xx", "", "Terminated")]
    [InlineData("Terminated", "3xx", "", "Terminated")]
    [InlineData("Terminated", "6xx", "", "Terminated")]
    [InlineData("Terminated", "99", "", "Terminated")]
    [InlineData("Terminated", "700", "", "Terminated")]
    [InlineData("Terminated", "deadline", "", "Terminated")]
    [InlineData("Terminated", "error", "", "Terminated")]
    public void INVITE_Client_Matrix(string state, string input, string actions, string next)
    {
        Enter(state);
        Assert.Equal(actions, TransactionInputs.Run(_log, () => Feed(input)));
        Assert.Equal(next, _transaction.State.ToString());
        Assert.Equal(next == "Terminated", _transaction.NextDeadline.IsNever && _transaction.State == TransactionState.Terminated);
    }

    [Fact]
    public void INVITE_Unanswered_OverUdp_IsSentSevenTimes_ThenTimesOut()
    {
        Start(reliable: false);
        Assert.Equal(["request"], _log);
        Assert.Equal(
            ["500: request", "1500: request", "3500: request", "7500: request", "15500: request", "31500: request", "32000: timeout, terminated"],
            Schedule());
        Assert.Equal(TransactionEnd.TimedOut, _transaction.End);
    }

    [Fact]
    public void INVITE_Unanswered_OverTcp_IsSentOnce_ThenTimesOut()
    {
        Start(reliable: true);
        Assert.Equal(TransactionTimer.B, _transaction.NextDeadlineReason);
        Assert.Equal(["32000: timeout, terminated"], Schedule());
    }

    [Fact]
    public void Proceeding_HasNoTimer()
    {
        Enter("Proceeding");
        Assert.True(_transaction.NextDeadline.IsNever);
        Assert.Equal(TransactionTimer.None, _transaction.NextDeadlineReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accepted_LastsTimerM_OnEveryTransport(bool reliable)
    {
        Start(reliable);
        _now = Timestamp.FromMilliseconds(100);
        Feed("2xx");
        Assert.Equal(TransactionTimer.M, _transaction.NextDeadlineReason);
        Assert.Equal(["32100: terminated"], Schedule());
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Rejected_OverUdp_AcknowledgesRetransmissions_ForTimerD()
    {
        Enter("Completed");
        Assert.Equal(TransactionTimer.D, _transaction.NextDeadlineReason);
        Assert.Equal(["32000: terminated"], Schedule());
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Rejected_OverTcp_EndsAtOnce()
    {
        Start(reliable: true);
        Assert.Equal("ack, pass 603, terminated", TransactionInputs.Run(_log, () => Feed("6xx")));
        Assert.Equal(TransactionState.Terminated, _transaction.State);
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Reset_AbandonsSilently_AndStartAgainWorks()
    {
        Enter("Completed");
        _log.Clear();
        _transaction.Reset();
        Assert.Empty(_log);
        Assert.True(_transaction.NextDeadline.IsNever);
        Start(reliable: false);
        Assert.Equal(TransactionState.Calling, _transaction.State);
        Assert.Throws<InvalidOperationException>(() => Start(reliable: false));
    }

    [Fact]
    public void TimerLateByMoreThanAnInterval_MakesNoBurst()
    {
        Start(reliable: false);
        Timestamp late = Timestamp.FromMilliseconds(5000);
        TransactionRecorder sink = new(_log);
        Assert.Equal("request", TransactionInputs.Run(_log, () => _transaction.HandleDeadline(late, ref sink)));
        Assert.Equal(Timestamp.FromMilliseconds(6000), _transaction.NextDeadline);
    }

    [Fact]
    public void DeadlineOfBothTimersPassed_TimesOutWithoutSending()
    {
        Start(reliable: false);
        TransactionRecorder sink = new(_log);
        Timestamp late = Timestamp.FromMilliseconds(40_000);
        Assert.Equal("timeout, terminated", TransactionInputs.Run(_log, () => _transaction.HandleDeadline(late, ref sink)));
    }

    [Fact]
    public void ErrorReportedFromWithinSendAck_EndsOnce()
    {
        FailingSink sink = new(_log, _transaction);
        _transaction.Start(_now, TransactionTimers.Default, reliable: true, ref sink);
        _transaction.HandleResponse(_now, 486, ref sink);
        Assert.Equal(["request", "ack", "transport error", "terminated"], _log);
        Assert.Equal(TransactionEnd.TransportError, _transaction.End);
    }

    [Fact]
    public void WholeTransactions_AllocateNothing()
    {
        AllocationProbe.AssertZero(() =>
        {
            TransactionCounter sink = default;
            Timestamp now = Timestamp.Zero;
            _transaction.Start(now, TransactionTimers.Default, reliable: false, ref sink);
            _transaction.HandleDeadline(_transaction.NextDeadline, ref sink);
            _transaction.HandleResponse(now, 180, ref sink);
            _transaction.HandleResponse(now, 486, ref sink);
            _transaction.HandleResponse(now, 486, ref sink);
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
        string? input = state switch { "Proceeding" => "1xx", "Accepted" => "2xx", "Completed" => "6xx", _ => null };
        if (input is not null)
        {
            Feed(input);
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
                int code = input switch { "1xx" => 180, "2xx" => 200, "3xx" => 302, "6xx" => 603, "99" => 99, _ => 700 };
                _transaction.HandleResponse(_now, code, ref sink);
                break;
        }
    }

    private readonly struct FailingSink(List<string> log, InviteClientTransaction transaction) : IClientTransactionSink
    {
        public void SendRequest() => log.Add("request");

        public void SendAck()
        {
            log.Add("ack");
            FailingSink self = this;
            transaction.HandleTransportError(Timestamp.Zero, ref self);
        }

        public void PassResponse(int statusCode) => log.Add("pass");

        public void NotifyTimeout() => log.Add("timeout");

        public void NotifyTransportError() => log.Add("transport error");

        public void Terminated() => log.Add("terminated");
    }
}
