using MediaCore.Control.Controllers;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Tests;

/// <summary>What is remembered, how long, and how much of it.</summary>
public class CommandMemoryTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Repeated_WhileTheReplyIsAwaited_GetsItToo()
    {
        CommandMemory memory = new(_time);
        RememberedCommand first = memory.Get("a", "1", out bool isNew);
        Assert.True(isNew);
        RememberedCommand again = memory.Get("a", "1", out isNew);
        Assert.False(isNew);
        List<CommandReply> replies = [];
        again.WhenReplied(replies.Add);
        Assert.Empty(replies);
        CommandReply reply = CommandReply.Accept("CALL");
        memory.Complete(first, reply);
        again.WhenReplied(replies.Add);
        Assert.Equal([reply, reply], replies);
    }

    [Theory]
    [InlineData(CommandStatus.Accepted, "", "CALL", "LEG")]
    [InlineData(CommandStatus.Accepted, "", "CALL", null)]
    [InlineData(CommandStatus.NotFound, "There is no such call \u2013 \0 none.", "", null)]
    public void Reply_IsTheSame_HoweverLateItIsAskedFor(CommandStatus status, string problem, string callId, string? legId)
    {
        CommandMemory memory = new(_time);
        CommandReply reply = new(status, problem) { CallId = callId, LegId = legId };
        memory.Complete(memory.Get("a", "1", out _), reply);
        memory.Get("a", "2", out _);
        RememberedCommand again = memory.Get("a", "1", out bool isNew);
        Assert.False(isNew);
        List<CommandReply> replies = [];
        again.WhenReplied(replies.Add);
        Assert.Equal([reply], replies);
        memory.Get("a1", "", out isNew);
        Assert.True(isNew);
    }

    [Fact]
    public void Reply_ThatComesWhenItsPlaceIsTaken_LeavesTheOther()
    {
        CommandMemory memory = new(_time, capacity: 2);
        RememberedCommand late = memory.Get("a", "1", out _);
        memory.Get("a", "2", out _);
        RememberedCommand other = memory.Get("a", "3", out _);
        memory.Complete(late, CommandReply.Refuse(CommandStatus.Unavailable, "late"));
        Assert.Equal(2, memory.Count);
        Assert.Same(other, memory.Get("a", "3", out _));
    }

    [Fact]
    public void Forgotten_AfterTenMinutes_OrWhenThereAreTooMany()
    {
        CommandMemory memory = new(_time, capacity: 100);
        memory.Get("a", "1", out _);
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        memory.Get("a", "1", out bool isNew);
        Assert.False(isNew);
        _time.Advance(TimeSpan.FromSeconds(1));
        memory.Get("a", "1", out isNew);
        Assert.True(isNew);
        for (int i = 0; i < 1000; i++)
        {
            memory.Get("a", $"c-{i}", out isNew);
            Assert.True(isNew);
            Assert.InRange(memory.Count, 1, 100);
        }

        memory.Get("a", "c-901", out isNew);
        Assert.False(isNew);
        memory.Get("b", "c-901", out isNew);
        Assert.True(isNew);
    }

    [Theory]
    [InlineData(CommandStatus.Unavailable, true)]
    [InlineData(CommandStatus.ResourceExhausted, true)]
    [InlineData(CommandStatus.NotFound, false)]
    [InlineData(CommandStatus.FailedPrecondition, false)]
    public void Refused_ForNow_IsForgotten(CommandStatus status, bool isForgotten)
    {
        CommandMemory memory = new(_time);
        memory.Complete(memory.Get("a", "1", out _), CommandReply.Refuse(status, "because"));
        memory.Get("a", "1", out bool isNew);
        Assert.Equal(isForgotten, isNew);
    }
}
