using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Messaging;

/// <summary>Sends text messages; what is accepted is on the disk and is sent by and by.</summary>
public interface ITextMessages
{
    /// <summary>Takes a message.</summary>
    /// <param name="scope">On whose behalf.</param>
    /// <param name="message">The message.</param>
    /// <param name="actor">Who sends, for the audit.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The key of its row, or why it was not taken: the receiver has opted out, the number is not the tenant's, too many.</returns>
    Task<StoreResult<Guid>> SendAsync(TenantScope scope, OutgoingText message, string actor, CancellationToken cancellationToken = default);
}
