using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

public class NonInviteServerTransactionTests
{
    private readonly List<string> _log = [];
    private readonly NonInviteServerTransaction _transaction = new();

    // Every cell of RFC 3261 figure 8, with RFC 6026 §8.8 for transport errors. "deadline" is the end of timer J.
    [Theory]
    [InlineData("Trying", "request", "", "Trying")]
    [InlineData("Trying", "1xx", "response", "Proceeding")]
    [InlineData("Trying", "2xx", "response", "Completed")]
    [InlineData("Trying", "4xx", "response", "Completed")]
    [InlineData("Trying", "deadline", "", "Trying")]
    [InlineData("Trying", "error", "", "Trying")]
    [InlineData("Proceeding", "request", "response", "Proceeding")]
    [InlineData("Proceeding", "1xx", "response", "Proceeding")]
    [InlineData("Proceeding", "2xx", "response", "Completed")]
    [InlineData("Proceeding", "4xx", "response", "Completed")]
    [InlineData("Proceeding", "deadline", "", "Proceeding")]
    [InlineData("Proceeding", "error", "transport error", "Proceeding")]
    [InlineData("Completed", "request", "response", "Completed")]
    [InlineData("Completed", "1xx", "", "Completed")]
    [InlineData("Completed", "2xx", "", "Completed")]
    [InlineData("Completed", "4xx", "", "Completed")]
    [InlineData("Completed", "deadline", "terminated", "Terminated")]
    [InlineData("Completed", "error", "transport error", "Completed")]
    [InlineData("Terminated", "request", "", "Terminated")]
    [InlineData("Terminated", "1xx", "", "Terminated")]
    [InlineData("Terminated", "2xx", "", "Terminated")]
    [InlineData("Terminated", "4xx", "", "Terminated")]
    [InlineData("Terminated", "deadline", "", "Terminated")]
    [InlineData("Terminated", "error", "", "Terminated")]
    public void NonINVITE_Server_Matrix(string state, string input, string actions, string next)
    {
        Enter(state);
        Assert.Equal(actions, TransactionInputs.Run(_log, () => Feed(input)));
        Assert.Equal(next, _transaction.State.ToString());
    }

    [Fact]
    public void Answered_OverUdp_AnswersRetransmissions_ForTimerJ()
    {
        Enter("Completed");
        Assert.Equal(TransactionTimer.J, _transaction.NextDeadlineReason);
        TransactionRecorder sink = new(_log);
        Assert.Equal(
            ["32000: terminated"],
            TransactionInputs.Schedule(_log, () => _transaction.NextDeadline, now => _transaction.HandleDeadline(now, ref sink)));
        Assert.Equal(TransactionEnd.Normal, _transaction.End);
    }

    [Fact]
    public void Answered_OverTcp_EndsAtOnce()
    {
        Start(reliable: true);
        Assert.Equal("response, terminated", TransactionInputs.Run(_log, () => Feed("2xx")));
        Assert.True(_transaction.NextDeadline.IsNever);
        Assert.Equal(TransactionTimer.None, _transaction.NextDeadlineReason);
    }

    [Fact]
    public void REGISTER_RetransmittedAThousandTimes_AllocatesNothing()
    {
        AllocationProbe.AssertZero(() =>
        {
            TransactionCounter sink = default;
            _transaction.Start(Timestamp.Zero, TransactionTimers.Default, reliable: false, ref sink);
            _transaction.HandleRequest(Timestamp.Zero, ref sink);
            _transaction.SendResponse(Timestamp.Zero, 200, ref sink);
            _transaction.HandleRequest(Timestamp.Zero, ref sink);
            _transaction.HandleDeadline(_transaction.NextDeadline, ref sink);
        });
    }

    private void Start(bool reliable)
    {
        TransactionRecorder sink = new(_log);
        _transaction.Start(Timestamp.Zero, TransactionTimers.Default, reliable, ref sink);
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
            case "request":
                _transaction.HandleRequest(Timestamp.Zero, ref sink);
                break;
            case "error":
                _transaction.HandleTransportError(Timestamp.Zero, ref sink);
                break;
            case "deadline":
                _transaction.HandleDeadline(Timestamp.FromMilliseconds(3_600_000), ref sink);
                break;
            default:
                _transaction.SendResponse(Timestamp.Zero, input switch { "1xx" => 100, "2xx" => 200, _ => 404 }, ref sink);
                break;
        }
    }
}
