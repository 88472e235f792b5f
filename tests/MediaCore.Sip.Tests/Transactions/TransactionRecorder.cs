using MediaCore.Sip.Transactions;

namespace MediaCore.Sip.Tests.Transactions;

/// <summary>A sink of both kinds that writes down what it is asked for.</summary>
internal readonly struct TransactionRecorder(List<string> log) : IClientTransactionSink, IServerTransactionSink
{
    public void SendRequest() => log.Add("request");

    public void SendAck() => log.Add("ack");

    public void PassResponse(int statusCode) => log.Add($"pass {statusCode}");

    public void NotifyTimeout() => log.Add("timeout");

    public void SendResponse() => log.Add("response");

    public void PassAck() => log.Add("pass ack");

    public void NotifyTransportError() => log.Add("transport error");

    public void NotifyAckTimeout() => log.Add("ack timeout");

    public void Terminated() => log.Add("terminated");
}

/// <summary>A sink that only counts, for the allocation tests.</summary>
internal struct TransactionCounter : IClientTransactionSink, IServerTransactionSink
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
