using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Storage;

/// <summary>Brings records to several databases, one after the other. When one fails the whole batch comes again, and those that have it leave it as it is.</summary>
/// <param name="stores">The databases; what the last one says to be new counts.</param>
public sealed class CallRecordStores(params ICallRecordStore[] stores) : ICallRecordStore
{
    /// <inheritdoc/>
    public async Task<int> ImportCallsAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken = default)
    {
        int added = 0;
        foreach (ICallRecordStore store in stores)
        {
            added = await store.ImportCallsAsync(records, cancellationToken);
        }

        return added;
    }
}
