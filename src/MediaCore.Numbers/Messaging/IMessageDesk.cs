using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Messaging;

/// <summary>Takes text messages, and takes back or changes what waits.</summary>
public interface IMessageDesk : ITextMessages
{
    /// <summary>Withdraws a message of which nothing was handed over.</summary>
    /// <param name="scope">On whose behalf.</param>
    /// <param name="id">The message.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The message; a conflict where it is too late.</returns>
    Task<StoreResult<TextMessage>> CancelAsync(TenantScope scope, Guid id, CancellationToken cancellationToken = default);

    /// <summary>Gives a message whose time has not come other words, and another time.</summary>
    /// <param name="scope">On whose behalf.</param>
    /// <param name="id">The message.</param>
    /// <param name="text">The new words.</param>
    /// <param name="at">When it is to be sent; null for when it was to be.</param>
    /// <param name="validUntil">Until when it is worth sending; null for as long after its time as before.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The message; a conflict where it is not scheduled any more.</returns>
    Task<StoreResult<TextMessage>> ReplaceAsync(TenantScope scope, Guid id, string text, DateTimeOffset? at, DateTimeOffset? validUntil, CancellationToken cancellationToken = default);
}
