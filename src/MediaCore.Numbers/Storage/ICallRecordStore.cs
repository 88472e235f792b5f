using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Storage;

/// <summary>Where <see cref="CallRecordImporter"/> brings call records. Faults of the database come as <see cref="System.Data.Common.DbException"/>.</summary>
public interface ICallRecordStore
{
    /// <summary>Takes records, all of them or none; those that are there already stay as they are.</summary>
    /// <returns>How many were new.</returns>
    Task<int> ImportCallsAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken = default);
}
