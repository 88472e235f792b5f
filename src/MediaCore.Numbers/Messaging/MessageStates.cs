using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Messaging;

/// <summary>Where a message is, from where its parts are. States never go back, in whatever order answers and receipts come.</summary>
public static class MessageStates
{
    /// <summary>Nothing more is expected of it.</summary>
    public static bool IsFinal(MessageState state) => state >= MessageState.Expired;

    /// <summary>The one of two that says more.</summary>
    public static MessageState Advance(MessageState current, MessageState told) => told > current ? told : current;

    /// <summary>The state of a message: what has gone wrong with one part has gone wrong with all of it, and it is delivered when the last part is.</summary>
    /// <param name="parts">States of all its parts.</param>
    public static MessageState Of(IReadOnlyCollection<MessageState> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Any(static state => state < MessageState.Sent))
        {
            // One part goes on while another waits: the message is under way.
            return parts.All(static state => state <= MessageState.Queued) ? parts.Max() : MessageState.Sending;
        }

        MessageState failure = MessageState.Accepted;
        foreach (MessageState state in parts)
        {
            failure = state is >= MessageState.Expired and < MessageState.Delivered ? Advance(failure, state) : failure;
        }

        return failure != MessageState.Accepted ? failure : parts.Min();
    }
}
