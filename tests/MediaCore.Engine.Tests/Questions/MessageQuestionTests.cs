using System.Text;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>MESSAGEs outside of calls that a control plane is asked about: alice is a trunk, +1001 is behind bob's.</summary>
public sealed class MessageQuestionTests : QuestionTest
{
    public MessageQuestionTests() => World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice" };

    [Fact]
    public void MESSAGE_IsDelivered_WhenTheAnswerSaysSo()
    {
        Send("+1001");
        MessageQuestion question = Assert.IsType<MessageQuestion>(Assert.Single(Plane.Questions).Question);
        Assert.Equal(("+12025550123", "+1001", null, "from-alice", "text/plain", "hello"), (question.From, question.To, question.Account, question.InboundTrunk, question.ContentType, Encoding.UTF8.GetString(question.Body.Span)));
        Bob.TakeNothing();
        Alice.Send(Alice.Sent[^1]);
        Assert.Single(Plane.Questions);
        Plane.Last.Answer(MessageDecision.Deliver);
        Bob.Respond(Bob.Take("MESSAGE"), 202, "t-bob");
        Alice.Take("202 MESSAGE");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(603)]
    public void MESSAGE_IsAnswered_AsTheAnswerSays(int status)
    {
        Send("+9999");
        Plane.Last.Answer(new MessageDecision(status));
        Alice.Take($"{status} MESSAGE");
        Plane.Last.Answer(MessageDecision.Deliver);
        Bob.TakeNothing();
        Assert.Equal(1, World.Statistics.LateAnswers);
    }

    [Fact]
    public void MESSAGE_ToBeDelivered_WithoutAWay_Is404()
    {
        Send("+9999");
        Plane.Last.Answer(MessageDecision.Deliver);
        Alice.Take("404 MESSAGE");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(503)]
    public void MESSAGE_WithoutAnAnswer_FollowsTheDefault_AtTheDeadline(int status)
    {
        Plane.Terms = Plane.Terms with { Messages = new MessageTerms(TimeSpan.FromSeconds(2), new MessageDecision(status)) };
        Send("+1001");
        World.Advance(1.9);
        Alice.TakeNothing();
        Bob.TakeNothing();
        World.Advance(0.2);
        if (status != 0)
        {
            Alice.Take("503 MESSAGE");
            return;
        }

        Bob.Respond(Bob.Take("MESSAGE"), 200, "t-bob");
        Alice.Take("200 MESSAGE");
        Assert.Equal(1, World.Statistics.AnswerDefaults);
    }

    [Fact]
    public void MESSAGE_WhoseTimeIsOverBeforeTheAnswer_IsAnsweredOnce()
    {
        // 48 x T1 is 2.4 s here, and the question may take longer.
        World.Options = World.Options with { Timers = new TransactionTimers { T1 = TimeSpan.FromMilliseconds(50) } };
        Plane.Terms = Plane.Terms with { Messages = new MessageTerms(TimeSpan.FromSeconds(10), MessageDecision.Deliver) };
        Send("+1001");
        World.Advance(2.5);
        Alice.Take("480 MESSAGE");
        Plane.Last.Answer(MessageDecision.Deliver);
        World.Advance(10);
        Bob.TakeNothing();
        Alice.TakeNothing();
        Assert.Equal(1, World.Statistics.LateAnswers);
    }

    private void Send(string number) => Alice.Send(Alice.Request(
        "MESSAGE", $"sip:{number}@{World.ServerHost}", $"<sip:+12025550123@{Alice.Host}>;tag={Alice.NextId("tag")}", $"<sip:{number}@{World.ServerHost}>", Alice.NextId("msg"), 1, Alice.NextBranch(), "Content-Type: text/plain\r\n", "hello"));
}
