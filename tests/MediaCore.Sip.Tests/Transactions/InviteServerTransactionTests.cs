using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class InviteServerTransactionTests
{
    private readonly List<string> _log = [];
    private readonly InviteServerTransaction _transaction = new();
    private Timestamp _now = Timestamp.Zero;

    // Every cell of RFC 6026 figure 7. "Silent" is Proceeding before any response; "deadline" is the end of the state's last timer.
    [Theory]
    [InlineData("Silent", "INVITE", "", "Proceeding")]
    [InlineData("Silent", "ACK", "", "Proceeding")]
    [InlineData("Silent", "1xx", "response", "Proceeding")]
    [InlineData("Silent", "2xx", "response", "Accepted")]
    [InlineData("Silent", "4xx", "response", "Completed")]
    [InlineData("Silent", "deadline", "", "Proceeding")]
    [InlineData("Silent", "error", "transport error", "Proceeding")]
    [InlineData("Proceeding", "INVITE", "response", "Proceeding")]
    [InlineData("Proceeding", "ACK", "", "Proceeding")]
    [InlineData("Proceeding", "1xx", "response", "Proceeding")]
    [InlineData("Proceeding", "2xx", "response", "Accepted")]
    [InlineData("Proceeding", "4xx", "response", "Completed")]
    [InlineData("Proceeding", "deadline", "", "Proceeding")]
    [InlineData("Proceeding", "error", "transport error", "Proceeding")]
    [InlineData("Accepted", "INVITE", "", "Accepted")]
    [InlineData("Accepted", "ACK", "pass ack", "Accepted")]
    [InlineData("Accepted", "1xx", "", "Accepted")]
    [InlineData("Accepted", "2xx", "response", "Accepted")]
    [InlineData("Accepted", "4xx", "", "Accepted")]
    [InlineData("Accepted", "deadline", "terminated", "Terminated")]
    [InlineData("Accepted", "error", "transport error", "Accepted")]
    [InlineData("Completed", "INVITE", "response", "Completed")]
    [InlineData("Completed", "ACK", "", "Confirmed")]
    [InlineData("Completed", "1xx", "", "Completed")]
    [InlineData("Completed", "2xx", "", "Completed")]
    [InlineData("Completed", "4xx", "", "Completed")]
    [InlineData("Completed", "deadline", "ack timeout, terminated", "Terminated")]
    [InlineData("Completed", "error", "transport error", "Completed")]
    [InlineData("Confirmed", "INVITE", "", "Confirmed")]
    [InlineData("Confirmed", "ACK", "", "Confirmed")]
    [InlineData("Confirmed", "1xx", "", "Confirmed")]
    [InlineData("Confirmed", "2xx", "", "Confirmed")]
    [InlineData("Confirmed", "4xx", "", "Confirmed")]
    [InlineData("Confirmed", "deadline", "terminated", "Terminated")]
    [InlineData("Confirmed", "error", "", "Confirmed")]
    [InlineData("Terminated", "INVITE", "", "Terminated")]
    [InlineData("Terminated", "ACK", "", "Terminated")]
    [InlineData("Terminated", "1xx", "", "Terminated")]
    [InlineData("Terminated", "2xx", "", "Terminated")]
    [InlineData("Terminated", "4xx", "", "Terminated")]
    [InlineData("Terminated", "deadline", "", "Terminated")]
    [InlineData("Terminated", "error", "", "Terminated")]
    public void INVITE_Server_Matrix(string state, string input, string actions, string next)
    {
        Enter(state);
        Assert.Equal(actions, TransactionInputs.Run(_log, () => Feed(input)));
        Assert.Equal(next, _transaction.State.ToString());
    }

    [Fact]
    public void INVITE_Retransmitted_InAccepted_IsAbsorbed_UntilTimerL()
    {
        Enter("Accepted");
        _now = Timestamp.FromMilliseconds(31_999);
        Assert.Equal("", TransactionInputs.Run(_log, () => Feed("INVITE")));
        Assert.Equal(TransactionTimer.L, _transaction.NextDeadlineReason);
        Assert.Equal(["32000: terminated"], Schedule());
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void ACK_To2xx_EachCopyGoesUp()
    {
        Enter("Accepted");
        Assert.Equal("pass ack", TransactionInputs.Run(_log, () => Feed("ACK")));
        Assert.Equal("pass ack", TransactionInputs.Run(_log, () => Feed("ACK")));
    }

    [Fact]
    public void Accepted_OverTcp_LastsTimerL_Too()
    {
        Start(reliable: true);
        Feed("2xx");
        Assert.Equal(["32000: terminated"], Schedule());
    }

    [Fact]
    public void Rejection_Unacknowledged_OverUdp_IsSentElevenTimes_ThenGivenUp()
    {
        Enter("Completed");
        Assert.Equal(
            [
                "500: response", "1500: response", "3500: response", "7500: response", "11500: response", "15500: response",
                "19500: response", "23500: response", "27500: response", "31500: response", "32000: ack timeout, terminated",
            ],
            Schedule());
        Assert.Equal(TransactionEnd.TimedOut, _transaction.End);
    }

    [Fact]
    public void Rejection_Unacknowledged_OverTcp_IsSentOnce_ThenGivenUp()
    {
        Start(reliable: true);
        Feed("4xx");
        Assert.Equal(TransactionTimer.H, _transaction.NextDeadlineReason);
        Assert.Equal(["32000: ack timeout, terminated"], Schedule());
    }

    [Fact]
    public void Rejection_Acknowledged_OverUdp_AbsorbsAcks_ForTimerI()
    {
        Enter("Completed");
        _now = Timestamp.FromMilliseconds(200);
        Feed("ACK");
        Assert.Equal(TransactionTimer.I, _transaction.NextDeadlineReason);
        Assert.Equal(["5200: terminated"], Schedule());
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Rejection_Acknowledged_OverTcp_EndsAtOnce()
    {
        Start(reliable: true);
        Feed("4xx");
        Assert.Equal("terminated", TransactionInputs.Run(_log, () => Feed("ACK")));
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void SendResponse_SaysWhetherItWasTaken_AndRefusesNonsense()
    {
        Enter("Completed");
        TransactionRecorder sink = new(_log);
        Assert.False(_transaction.SendResponse(_now, 200, ref sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => _transaction.SendResponse(_now, 99, ref sink));
        _transaction.Reset();
        Start(reliable: false);
        Assert.True(_transaction.SendResponse(_now, 100, ref sink));
    }

    [Fact]
    public void WholeTransactions_AllocateNothing()
    {
        AllocationProbe.AssertZero(() =>
        {
            TransactionCounter sink = default;
            _transaction.Start(Timestamp.Zero, TransactionTimers.Default, reliable: false, ref sink);
            _transaction.SendResponse(Timestamp.Zero, 100, ref sink);
            _transaction.HandleRequest(Timestamp.Zero, ref sink);
            _transaction.SendResponse(Timestamp.Zero, 486, ref sink);
            _transaction.HandleDeadline(_transaction.NextDeadline, ref sink);
            _transaction.HandleAck(Timestamp.Zero, ref sink);
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
        string[] inputs = state switch
        {
            "Proceeding" => ["1xx"],
            "Accepted" => ["2xx"],
            "Completed" => ["4xx"],
            "Confirmed" => ["4xx", "ACK"],
            _ => [],
        };
        foreach (string input in inputs)
        {
            Feed(input);
        }

        Assert.Equal(state == "Silent" ? "Proceeding" : state, _transaction.State.ToString());
    }

    private void Feed(string input)
    {
        TransactionRecorder sink = new(_log);
        switch (input)
        {
            case "INVITE":
                _transaction.HandleRequest(_now, ref sink);
                break;
            case "ACK":
                _transaction.HandleAck(_now, ref sink);
                break;
            case "error":
                _transaction.HandleTransportError(_now, ref sink);
                break;
            case "deadline":
                _transaction.HandleDeadline(Timestamp.FromMilliseconds(3_600_000), ref sink);
                break;
            default:
                _transaction.SendResponse(_now, input switch { "1xx" => 180, "2xx" => 200, _ => 486 }, ref sink);
                break;
        }
    }
}
