using System.Text;
using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Tests.CallRecords;

public sealed class CallRecordJournalReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File1 => Path.Combine(_folder.Path, "cdr-20260131-s00-0001.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_TornAtEveryByteOfItsLastLine_GivesTheRecordsBeforeIt()
    {
        byte[] whole = TwoRecords();
        int second = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (int length = second; length < whole.Length; length++)
        {
            File.WriteAllBytes(File1, whole[..length]);
            using var reader = new CallRecordJournalReader(File1);

            Assert.True(reader.TryRead(out CallRecord first, complete: true));
            Assert.Equal("a", first.CallId);

            // Where only the line end is missing the record is whole.
            Assert.Equal(length == whole.Length - 1, reader.TryRead(out _, complete: true));
            Assert.Equal(length > second && length < whole.Length - 1, reader.EndedTorn);
            Assert.Equal(0, reader.DamagedLines);
            Assert.Equal(length, reader.Offset);
        }
    }

    [Fact]
    public void File_ThatStillGrows_IsReadOnFromItsOffset()
    {
        byte[] whole = TwoRecords();
        int second = whole.AsSpan().IndexOf((byte)'\n') + 1;
        File.WriteAllBytes(File1, whole[..(second + 10)]);
        long offset;
        using (var reader = new CallRecordJournalReader(File1))
        {
            Assert.True(reader.TryRead(out _));
            Assert.False(reader.TryRead(out _));
            Assert.False(reader.EndedTorn);
            offset = reader.Offset;
        }

        Assert.Equal(second, offset);
        File.WriteAllBytes(File1, whole);
        using var later = new CallRecordJournalReader(File1, offset);
        Assert.True(later.TryRead(out CallRecord record));
        Assert.Equal("b", record.CallId);
        Assert.False(later.TryRead(out _));
    }

    [Fact]
    public void Lines_ThatAreNoRecords_AreCountedAndPassedOver()
    {
        File.WriteAllText(File1, "\n{\"call_id\":\"a\"}\nnonsense\n\0\0\0\0\n{\"call_id\":\"b\"}\n");
        using var reader = new CallRecordJournalReader(File1);

        Assert.True(reader.TryRead(out CallRecord a));
        Assert.True(reader.TryRead(out CallRecord b));
        Assert.False(reader.TryRead(out _, complete: true));

        Assert.Equal(("a", "b", 2), (a.CallId, b.CallId, reader.DamagedLines));
    }

    [Fact]
    public void Line_LongerThanTheLimit_IsPassedOverWithBoundedMemory()
    {
        using (var file = File.CreateText(File1))
        {
            string block = new('x', 1024 * 1024);
            for (int i = 0; i < 12; i++)
            {
                file.Write(block);
            }

            file.Write("\n{\"call_id\":\"a\"}\n");
        }

        using var reader = new CallRecordJournalReader(File1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(reader.TryRead(out CallRecord record, complete: true));

        Assert.Equal("a", record.CallId);
        Assert.Equal(1, reader.DamagedLines);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5 * CallRecordLimits.MaxLineBytes);
    }

    [Theory]
    [InlineData("cdr-20260131-s00-0001.jsonl", true)]
    [InlineData("cdr-20260131-s123-9999.jsonl", true)]
    [InlineData("cdr-20260131-held-0001.jsonl", true)]
    [InlineData("cdr-20261331-s00-0001.jsonl", false)]
    [InlineData("cdr-20260131-x00-0001.jsonl", false)]
    [InlineData("cdr-20260131-s-0001.jsonl", false)]
    [InlineData("cdr-20260131-s00-.jsonl", false)]
    [InlineData("cdr-20260131-s00-0001.jsonl.damaged", false)]
    [InlineData("notes.jsonl", false)]
    public void FileName_ReadsBack(string text, bool expected)
    {
        Assert.Equal(expected, CallRecordFileName.TryParse(text, out CallRecordFileName name));
        if (expected)
        {
            Assert.Equal(text, name.ToString());
        }
    }

    private byte[] TwoRecords()
    {
        using (var journal = new CallRecordJournal(new CallRecordJournalOptions { Folder = _folder.Path }))
        {
            journal.Write(0, Records.Answered("a"));
            journal.Write(0, Records.Answered("b"));
        }

        string path = _folder.Files.Single();
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        Assert.Equal(2, Encoding.UTF8.GetString(bytes).Count(c => c == '\n'));
        return bytes;
    }
}
