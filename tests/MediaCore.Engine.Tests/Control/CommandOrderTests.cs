using System.Collections.Concurrent;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Primitives;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.Control;

/// <summary>Commands whose targets have names: each waits for the DNS, and what is sent to its call later waits behind it.</summary>
public sealed class CommandOrderTests
{
    private readonly SessionTable _sessions = new(64);
    private readonly TakingMail _mail = new();
    private readonly HeldDns _dns = new();
    private readonly CallControl _control;

    public CommandOrderTests()
    {
        foreach (string call in (string[])["a", "b"])
        {
            Assert.True(CallKey.TryMake(call, out SessionKey key));
            Assert.Equal(SessionAddResult.Added, _sessions.TryAdd(key, new SessionHandle(0, call[0], 1)));
        }

        _control = new CallControl(_sessions, _mail, new SipNameResolver(_dns, budget: TimeSpan.FromMinutes(10)), NullLogger.Instance);
    }

    [Fact]
    public async Task LaterCommandsOfACall_WaitForTheOneThatIsLookedUp_AndThoseOfOthersDoNot()
    {
        Task<CommandReply> dial = Execute(Dial("a", "host.example"));
        Task<CommandReply> play = Execute(new HangupCommand { CommandId = "2", CallId = "a" });
        Task<CommandReply> again = Execute(Dial("a", "other.example"));
        Task<CommandReply> last = Execute(new HangupCommand { CommandId = "4", CallId = "a" });
        Assert.Empty(_mail.Taken);
        await Execute(new HangupCommand { CommandId = "b1", CallId = "b" });
        Assert.Equal(["b1"], _mail.Taken);

        _dns.Answer("host.example");
        Assert.True((await dial).IsAccepted);
        Assert.True((await play).IsAccepted);
        Assert.Equal(["b1", "host.example", "2"], _mail.Taken);
        Assert.False(again.IsCompleted);
        _dns.Answer("other.example");
        await again;
        await last;
        Assert.Equal(["b1", "host.example", "2", "other.example", "4"], _mail.Taken);

        // And nothing of it is left.
        await Execute(new HangupCommand { CommandId = "5", CallId = "a" });
        Assert.Equal("5", _mail.Taken.Last());
    }

    [Fact]
    public async Task CommandsThatWait_AreBounded_PerCall()
    {
        Task<CommandReply> dial = Execute(Dial("a", "host.example"));
        Task<CommandReply>[] waiting = [.. Enumerable.Range(0, ControlLimits.MaxWaitingCommands).Select(i => Execute(new HangupCommand { CommandId = $"h{i}", CallId = "a" }))];
        Assert.Equal(CommandStatus.ResourceExhausted, (await Execute(new HangupCommand { CommandId = "beyond", CallId = "a" })).Status);
        _dns.Answer("host.example");
        await dial;
        await Task.WhenAll(waiting);
        Assert.Equal(1 + ControlLimits.MaxWaitingCommands, _mail.Taken.Count);
    }

    [Fact]
    public async Task LookUps_AreBounded_AndGiveTheirPlacesBack()
    {
        Task<CommandReply>[] waiting = [.. Enumerable.Range(0, ControlLimits.MaxLookups).Select(i => Execute(Originate($"o{i}", "host.example")))];
        Assert.Equal(CommandStatus.ResourceExhausted, (await Execute(Originate("beyond", "host.example"))).Status);
        Assert.True((await Execute(Originate("literal", "192.0.2.9"))).IsAccepted);
        _dns.Answer("host.example");
        Assert.All(await Task.WhenAll(waiting), static reply => Assert.True(reply.IsAccepted, reply.ToString()));
        Assert.True((await Execute(Originate("next", "host.example"))).IsAccepted);
    }

    [Fact]
    public async Task ADefectOnTheWay_IsAReply_AndTheNextCommandGoesOn()
    {
        _mail.Fails = true;
        Task<CommandReply> dial = Execute(Dial("a", "host.example"));
        Task<CommandReply> next = Execute(new HangupCommand { CommandId = "2", CallId = "a" });
        _dns.Answer("host.example");
        Assert.Equal(CommandStatus.Internal, (await dial).Status);
        Assert.True((await next).IsAccepted);
    }

    [Fact]
    public async Task ACommandToNoCall_CostsNoLookUp()
    {
        Assert.Equal(CommandStatus.NotFound, (await Execute(Dial("nowhere", "host.example"))).Status);
        Assert.Empty(_dns.Asked);
    }

    private static DialCommand Dial(string call, string host) => new() { CommandId = host, CallId = call, Targets = [new UriDestination($"sip:bob@{host}:5060;transport=udp")] };

    private static OriginateCommand Originate(string id, string host) =>
        new() { CommandId = id, Controller = "c", Epoch = 1, Targets = [new UriDestination($"sip:bob@{host}:5060;transport=udp")] };

    private Task<CommandReply> Execute(CallCommand command)
    {
        var done = new TaskCompletionSource<CommandReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _control.Execute(command, done.SetResult);
        return done.Task;
    }

    /// <summary>A shard that takes every command, or fails at the first.</summary>
    private sealed class TakingMail : IControlMail
    {
        public ConcurrentQueue<string> Taken { get; } = new();

        public bool Fails { get; set; }

        public int Shards => 1;

        public int ChooseShard() => 0;

        public bool TryPost(int shard, ShardExchange exchange)
        {
            if (Fails)
            {
                Fails = false;
                throw new InvalidOperationException("a defect");
            }

            var command = (CommandExchange)exchange;
            Taken.Enqueue(command.Command.CommandId);
            command.Reply(CommandReply.Accept(command.Command.CallId));
            return true;
        }
    }
}
