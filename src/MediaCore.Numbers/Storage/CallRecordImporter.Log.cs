using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Storage;

/// <content>Log events 7020–7029.</content>
public sealed partial class CallRecordImporter
{
    [LoggerMessage(7020, LogLevel.Error, "Call records cannot be taken from {Folder} into the database; they wait there and are tried again every second.", EventName = "CallRecordImportFailed")]
    private partial void LogFailed(Exception fault, string folder);

    [LoggerMessage(7021, LogLevel.Information, "Call records go into the database again.", EventName = "CallRecordImportRecovered")]
    private partial void LogRecovered();

    [LoggerMessage(7022, LogLevel.Error, "{Count} lines of {File} are no call records; the file is kept with the ending .damaged.", EventName = "CallRecordFileDamaged")]
    private partial void LogDamaged(int count, string file);

    [LoggerMessage(7023, LogLevel.Warning, "{File} ends within a record: the server was killed while it wrote it.", EventName = "CallRecordTorn")]
    private partial void LogTorn(string file);
}
