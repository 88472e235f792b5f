using System.Globalization;
using System.Text;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using Xunit.Abstractions;

namespace MediaCore.Engine.Tests.Registrar;

[Collection(nameof(Alone))]
public sealed class BindingMemoryTests(ITestOutputHelper output)
{
    private const int Count = 100_000;

    [Fact]
    public void HundredThousandBindings_TakeBelow600BytesEach_AndAreFoundWithoutAllocation()
    {
        var flow = new Flow(new ListenerIdentity(0, SipTransportKind.Udp, World.Endpoint("192.0.2.1", 5060), "192.0.2.1", 5060), World.Endpoint("203.0.113.7", 40000));
        Timestamp now = Timestamp.FromMilliseconds(1_000);
        var locations = new LocationService { TracksChanges = true };
        string[] names = [.. Enumerable.Range(0, Count).Select(static i => "u" + i.ToString(CultureInfo.InvariantCulture))];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (string name in names)
        {
            // The texts of a phone of today: 60 bytes of contact, 36 of Call-ID, a UUID as instance.
            var texts = new BindingTexts
            {
                Uri = Encoding.ASCII.GetBytes($"sip:{name}@203.0.113.7:40000;transport=udp;line=0123456789abcdef"),
                CallId = "0123456789abcdef0123456789abcdef@phone"u8,
                Instance = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"u8,
                Quality = 1000,
            };
            AccountBindings entry = locations.GetEntry(name);
            Assert.True(entry.TryReplace(entry.Stored, [new Binding(texts, flow, 1, now + TimeSpan.FromHours(1))]));
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;
        output.WriteLine($"{bytes:F0} bytes per binding");
        Assert.InRange(bytes, 100, 600);

        int found = 0;
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            foreach (string name in names)
            {
                found += locations.Get(name, now).Length;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        Assert.Equal(3 * Count, found);
        Assert.Equal(0, allocated);
    }
}
