using System.Text;
using FsCheck.Xunit;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Primitives.Tests;

public sealed class SessionTableTests(ITestOutputHelper output)
{
    [Fact]
    public void Added_IsFound_UntilRemoved()
    {
        SessionTable table = new(SessionTable.MinCapacity);
        SessionKey key = Key("call-1");
        SessionHandle handle = new(3, 4, 5);
        Assert.False(table.TryGet(key, out _));
        Assert.Equal(SessionAddResult.Added, table.TryAdd(key, handle));
        Assert.True(table.TryGet(key, out SessionHandle found));
        Assert.Equal(handle, found);
        Assert.Equal(1, table.Count);

        Assert.Equal(SessionAddResult.Exists, table.TryAdd(key, new SessionHandle(1, 1, 1)));
        Assert.True(table.TryGet(key, out found));
        Assert.Equal(handle, found);

        Assert.True(table.TryRemove(key, handle));
        Assert.False(table.TryRemove(key, handle));
        Assert.False(table.TryGet(key, out _));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Removal_WithAnOldHandle_LeavesTheNewTenant()
    {
        SessionTable table = new(SessionTable.MinCapacity);
        SessionKey key = Key("call-1");
        SessionHandle old = new(0, 1, 1);
        SessionHandle current = new(0, 1, 2);
        table.TryAdd(key, old);
        table.TryRemove(key, old);
        table.TryAdd(key, current);
        Assert.False(table.TryRemove(key, old));
        Assert.True(table.TryGet(key, out SessionHandle found));
        Assert.Equal(current, found);
    }

    [Fact]
    public void AtItsCapacity_IsFull_AndKnownKeysStillExist()
    {
        SessionTable table = new(64);
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(SessionAddResult.Added, table.TryAdd(Key($"call-{i}"), new SessionHandle(0, i, 1)));
        }

        Assert.Equal(SessionAddResult.Full, table.TryAdd(Key("one more"), new SessionHandle(0, 64, 1)));
        Assert.Equal(SessionAddResult.Exists, table.TryAdd(Key("call-0"), new SessionHandle(0, 64, 1)));
        Assert.Equal(64, table.Count);
        Assert.True(table.TryRemove(Key("call-7"), new SessionHandle(0, 7, 1)));
        Assert.Equal(SessionAddResult.Added, table.TryAdd(Key("one more"), new SessionHandle(0, 64, 1)));
    }

    [Fact]
    public void KeysThatAllShareOneHome_FillTheWindowAndNoMore()
    {
        SessionTable table = new(1024);
        for (ulong i = 0; i < SessionTable.WindowEntries; i++)
        {
            Assert.Equal(SessionAddResult.Added, table.TryAdd(new SessionKey(0xff, i), new SessionHandle(0, (int)i, 1)));
        }

        Assert.Equal(SessionAddResult.Full, table.TryAdd(new SessionKey(0xff, 99), new SessionHandle(0, 99, 1)));
        Assert.Equal(SessionTable.WindowEntries, table.Count);
        for (ulong i = 0; i < SessionTable.WindowEntries; i++)
        {
            Assert.True(table.TryGet(new SessionKey(0xff, i), out SessionHandle found));
            Assert.Equal((int)i, found.Slot);
        }
    }

    [Fact]
    public void FilledToItsCapacity_WithHashedKeys_RefusesNone()
    {
        // Fixed keys, so the outcome is the same in every run; ADR 0003 quotes the figure.
        const int Capacity = 1 << 17;
        SessionTable table = new(Capacity);
        int refused = 0;
        for (int i = 0; i < Capacity; i++)
        {
            if (table.TryAdd(FixedKey(i), new SessionHandle(0, i, 1)) != SessionAddResult.Added)
            {
                refused++;
            }
        }

        output.WriteLine($"{refused} of {Capacity} refused at a fill of one half");
        Assert.Equal(0, refused);
        for (int i = 0; i < Capacity; i++)
        {
            Assert.True(table.TryGet(FixedKey(i), out SessionHandle found));
            Assert.Equal(i, found.Slot);
        }
    }

    [Fact]
    public void ManyCallsThroughASmallTable_LeaveNothingBehind()
    {
        SessionTable table = new(256);
        const int Live = 200;
        for (int i = 0; i < 200_000; i++)
        {
            Assert.Equal(SessionAddResult.Added, table.TryAdd(FixedKey(i), Handle(i)));
            if (i >= Live)
            {
                Assert.True(table.TryRemove(FixedKey(i - Live), Handle(i - Live)));
            }
        }

        Assert.Equal(Live, table.Count);
        Assert.False(table.TryGet(FixedKey(0), out _));
        Assert.True(table.TryGet(FixedKey(199_999), out _));
    }

    [Property]
    public void AnySequenceOfOperations_AgreesWithADictionary(byte[] choices)
    {
        SessionTable table = new(SessionTable.MinCapacity);
        Dictionary<SessionKey, SessionHandle> model = [];
        for (int i = 0; i < choices.Length; i++)
        {
            // Eight keys on two homes.
            SessionKey key = new((ulong)(choices[i] & 1), (ulong)((choices[i] >> 1) & 3));
            if ((choices[i] & 8) == 0)
            {
                SessionHandle handle = new(0, i, 1);
                Assert.Equal(model.TryAdd(key, handle) ? SessionAddResult.Added : SessionAddResult.Exists, table.TryAdd(key, handle));
            }
            else
            {
                bool known = model.TryGetValue(key, out SessionHandle handle);
                Assert.Equal(known, table.TryRemove(key, known ? handle : new SessionHandle(0, 0, 1)));
                model.Remove(key);
            }

            Assert.Equal(model.Count, table.Count);
            for (ulong low = 0; low < 2; low++)
            {
                for (ulong high = 0; high < 4; high++)
                {
                    SessionKey asked = new(low, high);
                    Assert.Equal(model.TryGetValue(asked, out SessionHandle expected), table.TryGet(asked, out SessionHandle found));
                    Assert.Equal(expected, found);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(SessionTable.MaxCapacity * 2)]
    public void CapacityThatIsNoPowerOfTwoInRange_IsRefused(int capacity) =>
        Assert.ThrowsAny<ArgumentException>(() => new SessionTable(capacity));

    [Fact]
    public void HandleToNothing_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new SessionTable(32).TryAdd(Key("x"), SessionHandle.None));

    [Fact]
    public void Key_DependsOnTheTextsTheirBorderAndTheSecrets()
    {
        SipHashKey first = SipHashKey.Random();
        SipHashKey second = SipHashKey.Random();
        SessionKey key = SessionKey.From("call"u8, "tag"u8, first, second);
        Assert.Equal(key, SessionKey.From("call"u8, "tag"u8, first, second));
        Assert.NotEqual(key, SessionKey.From("callt"u8, "ag"u8, first, second));
        Assert.NotEqual(key, SessionKey.From("tag"u8, "call"u8, first, second));
        Assert.NotEqual(key.High, key.Low);
        Assert.NotEqual(key, SessionKey.From("call"u8, "tag"u8, SipHashKey.Random(), SipHashKey.Random()));
        Assert.Equal(SessionKey.From("call"u8, "tag"u8), SessionKey.From("call"u8, "tag"u8));
    }

    [Fact]
    public void AddGetRemove_AllocateNothing()
    {
        SessionTable table = new(64);
        SessionHandle handle = new(0, 1, 1);
        AllocationAssert.Zero(100, 10_000, () =>
        {
            SessionKey key = SessionKey.From("a84b4c76e66710@pc33.atlanta.example.com"u8, "1928301774"u8);
            table.TryAdd(key, handle);
            table.TryGet(key, out _);
            table.TryRemove(key, handle);
        });
    }

    private static SessionHandle Handle(int i) => new(0, i & SessionHandle.MaxSlot, 1);

    private static SessionKey Key(string text) => SessionKey.From(Encoding.ASCII.GetBytes(text), default);

    private static SessionKey FixedKey(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return SessionKey.From(bytes, default, new SipHashKey(1, 2), new SipHashKey(3, 4));
    }
}
