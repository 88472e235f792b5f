using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;
using MediaCore.Sip.Transactions;

namespace MediaCore.Benchmarks;

/// <summary>A transaction's whole life in each of the four machines of RFC 3261 §17: what a call pays four times and a BYE twice.</summary>
[MemoryDiagnoser]
public class TransactionBenchmark
{
    private readonly InviteClientTransaction _inviteClient = new();
    private readonly InviteServerTransaction _inviteServer = new();
    private readonly NonInviteClientTransaction _nonInviteClient = new();
    private readonly NonInviteServerTransaction _nonInviteServer = new();
    private readonly TransactionTimers _timers = TransactionTimers.Default;
    private Timestamp _now = Timestamp.Zero;

    /// <summary>INVITE, one retransmission, 180, 200, the 200 again, timer M.</summary>
    [Benchmark]
    public int AnsweredInviteAsClient()
    {
        ActionCounter sink = default;
        _inviteClient.Reset();
        _inviteClient.Start(_now, _timers, reliable: false, ref sink);
        _now = _inviteClient.NextDeadline;
        _inviteClient.HandleDeadline(_now, ref sink);
        _inviteClient.HandleResponse(_now, 180, ref sink);
        _inviteClient.HandleResponse(_now, 200, ref sink);
        _inviteClient.HandleResponse(_now, 200, ref sink);
        _now = _inviteClient.NextDeadline;
        _inviteClient.HandleDeadline(_now, ref sink);
        return sink.Actions;
    }

    /// <summary>INVITE, 180, the INVITE again, 486, one retransmission of it, ACK, timer I.</summary>
    [Benchmark]
    public int RefusedInviteAsServer()
    {
        ActionCounter sink = default;
        _inviteServer.Reset();
        _inviteServer.Start(_now, _timers, reliable: false, ref sink);
        _inviteServer.SendResponse(_now, 180, ref sink);
        _inviteServer.HandleRequest(_now, ref sink);
        _inviteServer.SendResponse(_now, 486, ref sink);
        _now = _inviteServer.NextDeadline;
        _inviteServer.HandleDeadline(_now, ref sink);
        _inviteServer.HandleAck(_now, ref sink);
        _now = _inviteServer.NextDeadline;
        _inviteServer.HandleDeadline(_now, ref sink);
        return sink.Actions;
    }

    /// <summary>BYE, one retransmission, 200, timer K.</summary>
    [Benchmark]
    public int ByeAsClient()
    {
        ActionCounter sink = default;
        _nonInviteClient.Reset();
        _nonInviteClient.Start(_now, _timers, reliable: false, ref sink);
        _now = _nonInviteClient.NextDeadline;
        _nonInviteClient.HandleDeadline(_now, ref sink);
        _nonInviteClient.HandleResponse(_now, 200, ref sink);
        _now = _nonInviteClient.NextDeadline;
        _nonInviteClient.HandleDeadline(_now, ref sink);
        return sink.Actions;
    }

    /// <summary>BYE, 200, the BYE again, timer J.</summary>
    [Benchmark]
    public int ByeAsServer()
    {
        ActionCounter sink = default;
        _nonInviteServer.Reset();
        _nonInviteServer.Start(_now, _timers, reliable: false, ref sink);
        _nonInviteServer.SendResponse(_now, 200, ref sink);
        _nonInviteServer.HandleRequest(_now, ref sink);
        _now = _nonInviteServer.NextDeadline;
        _nonInviteServer.HandleDeadline(_now, ref sink);
        return sink.Actions;
    }

    private struct ActionCounter : IClientTransactionSink, IServerTransactionSink
    {
        public int Actions;

        public void SendRequest() => Actions++;

        public void SendAck() => Actions++;

        public void PassResponse(int statusCode) => Actions++;

        public void NotifyTimeout() => Actions++;

        public void SendResponse() => Actions++;

        public void PassAck() => Actions++;

        public void NotifyTransportError() => Actions++;

        public void NotifyAckTimeout() => Actions++;

        public void Terminated() => Actions++;
    }
}

/// <summary>The four machines, one life each.</summary>
internal sealed class TransactionAllocation : IAllocationSubject
{
    private readonly TransactionBenchmark _benchmark = new();

    public string Name => "Transactions.FourMachines";

    public void Run()
    {
        // Actions of each life: (INVITE, again, 180, 200, 200, end), (180, 180, 486, 486, end), (BYE, again, 200, end), (200, 200, end).
        int actions = _benchmark.AnsweredInviteAsClient() + _benchmark.RefusedInviteAsServer() + _benchmark.ByeAsClient() + _benchmark.ByeAsServer();
        if (actions != 6 + 5 + 4 + 3)
        {
            throw new InvalidOperationException($"The machines took {actions} actions.");
        }
    }
}
