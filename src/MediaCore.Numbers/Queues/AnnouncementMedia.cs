using MediaCore.Engine.Control;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Queues;

/// <summary>What a waiting caller hears of an announcement: his position, the time that he has to expect, that he may be called back, and a prompt of the queue's own, in this order.</summary>
internal static class AnnouncementMedia
{
    /// <summary>The pieces; none where there is nothing to be said.</summary>
    public static IReadOnlyList<PlayMedia> Of(QueueAnnouncement announcement, QueueRules rules, ICallStage call)
    {
        var media = new List<PlayMedia>();
        if (announcement.Position > 0)
        {
            media.Add(new TextMedia(QueueTexts.Position(call.Language, announcement.Position), call.Language));
        }

        if (announcement.Minutes != 0)
        {
            media.Add(new TextMedia(QueueTexts.Wait(call.Language, announcement.Minutes), call.Language));
        }

        if (announcement.OffersCallback && rules.Callback is { } callback)
        {
            media.Add(new TextMedia(QueueTexts.CallbackOffer(call.Language, callback.Key), call.Language));
        }

        IReadOnlyList<PromptChoice> prompts = rules.Announcements.Prompts;
        if (prompts.Count > 0 && PromptMedia.Find(prompts[announcement.Turn % prompts.Count], call) is { } prompt)
        {
            media.Add(prompt);
        }

        return media;
    }
}
