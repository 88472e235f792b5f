using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using Microsoft.Data.Sqlite;

namespace MediaCore.Numbers.Tests;

/// <summary>A data folder with a real SQLite file, gone after the test.</summary>
internal sealed class TestStore : IDisposable
{
    private TestStore(string folder, NumberStore store)
    {
        Folder = folder;
        Store = store;
    }

    public string Folder { get; }

    public NumberStore Store { get; }

    public string ConnectionString => $"Data Source={Path.Combine(Folder, "mediacore.db")}";

    public string JournalFolder => Path.Combine(Folder, "journal");

    public static async Task<TestStore> OpenAsync()
    {
        string folder = Directory.CreateTempSubdirectory("mediacore-test-").FullName;
        return new TestStore(folder, await NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "mediacore.db")}" }));
    }

    /// <summary>Another store on the same file: what the command line is to a running server.</summary>
    public Task<NumberStore> OpenAnotherAsync() => NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = ConnectionString });

    public CallRecordJournal OpenJournal() => new(new CallRecordJournalOptions { Folder = JournalFolder, ShardCount = 2, MaxFileBytes = 4096 });

    public async Task WithAccountsAsync(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.Equal(StoreResult.Done, await Store.AddAccountAsync(name, "correct horse", "test"));
        }
    }

    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(Folder, recursive: true);
    }
}
