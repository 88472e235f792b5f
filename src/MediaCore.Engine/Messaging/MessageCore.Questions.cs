using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;

namespace MediaCore.Engine.Messaging;

/// <summary>MESSAGEs that a control plane is asked about. The sender's transaction waits, and is answered once it is known what is to be done; what is delivered has the rest of the time that a delivery has.</summary>
internal sealed partial class MessageCore
{
    private void Ask(IControlPlane plane, MessageDelivery delivery, scoped in RouteRequest facts)
    {
        delivery.IsUndecided = true;
        context.Wheel.Schedule(delivery.Attempt, context.Now + plane.Terms.Messages!.Deadline);
        var question = new MessageQuestion
        {
            From = Encoding.UTF8.GetString(facts.Caller),
            To = Encoding.UTF8.GetString(facts.Called),
            Account = facts.Account,
            InboundTrunk = facts.InboundTrunk?.Name,
            ContentType = Encoding.UTF8.GetString(delivery.ContentType),
            Body = delivery.Body,
        };
        _ = plane.Ask(question, decision => context.Output.Post(context.Index, new AnswerExchange(() => OnDecided(delivery, decision))));
    }

    /// <summary>The answer is there, or will not come: null for the default.</summary>
    private void OnDecided(MessageDelivery delivery, MessageDecision? decision)
    {
        if (!delivery.IsUndecided)
        {
            context.Statistics.LateAnswers += decision is null ? 0 : 1;
            return;
        }

        delivery.IsUndecided = false;
        context.Wheel.Cancel(delivery.Attempt);
        context.Statistics.AnswerDefaults += decision is null ? 1 : 0;
        decision ??= context.Services.ControlPlane?.Terms.Messages?.Default ?? MessageDecision.Deliver;
        int status = decision.Status == 0 ? GetRefusal(delivery.Plan) : decision.Status;
        if (status != 0)
        {
            Answer(delivery, status);
        }
        else
        {
            Advance(delivery);
        }
    }
}
