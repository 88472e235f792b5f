using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.CallRecords;

/// <content>Log events 5600–5619.</content>
public sealed partial class CallRecordJournal
{
    [LoggerMessage(5600, LogLevel.Error, "Call records cannot be written to {Folder}; {Held} wait in memory. Free space or mend the disk: they are tried again by themselves.", EventName = "CallRecordRefused")]
    private partial void LogRefused(Exception fault, string folder, int held);

    [LoggerMessage(5601, LogLevel.Information, "{Count} call records that waited in memory are now in {Folder}.", EventName = "CallRecordsRecovered")]
    private partial void LogRecovered(int count, string folder);

    [LoggerMessage(5602, LogLevel.Critical, "{Count} call records are lost: {Folder} refuses writes and too many wait already.", EventName = "CallRecordDropped")]
    private partial void LogDropped(long count, string folder);

    [LoggerMessage(5603, LogLevel.Critical, "{Count} call records are lost: {Folder} refused them until the end.", EventName = "CallRecordsLostAtEnd")]
    private partial void LogLostAtEnd(int count, string folder);

    [LoggerMessage(5604, LogLevel.Warning, "Old call-record files in {Folder} could not be removed.", EventName = "CallRecordFilesNotRemoved")]
    private partial void LogNotRemoved(Exception fault, string folder);
}
