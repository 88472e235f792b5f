using MediaCore.Audio.Tones;
using MediaCore.Wire.Tests.Peers;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>Three baresip phones in one room.</summary>
public sealed class ConferencePhoneTests(SecureServerFixture fixture) : IClassFixture<SecureServerFixture>
{
    private const string Number = "+12025558001";

    private static readonly int[] s_hertz = [450, 1000, 1500];

    [Fact]
    public async Task ThreePhones_InARoom_EachHearTheOtherTwoAndNotThemselves()
    {
        (int code, string output) = await fixture.Server.RunAsync(["numbers", "add", Number, "conference:team"]);
        Assert.True(code == 0, output);
        await fixture.Server.Process.WaitForLineAsync(static l => l.Contains(" 2 numbers and ", StringComparison.Ordinal), "number in force");
        List<BaresipPhone> phones = [];
        try
        {
            foreach ((string account, int hertz) in new[] { "1001", "1002", "1003" }.Zip(s_hertz))
            {
                string password = account == "1003" ? fixture.ThirdPassword : await fixture.Server.ReadPasswordAsync(account);
                BaresipPhone phone = await BaresipPhone.StartAsync(fixture.Server, account, password, hertz);
                phones.Add(phone);
                await phone.WaitUntilRegisteredAsync();
                await phone.Control.CommandAsync("dial", Number);
                await phone.Control.WaitForAsync("CALL_ESTABLISHED");
            }

            // Longer than the tones that say who has come.
            foreach (BaresipPhone phone in phones)
            {
                await phone.WaitUntilHeardAsync(TimeSpan.FromSeconds(2));
            }

            // The end of what each has heard while all were there.
            int[] heard = [.. phones.Select(static phone => phone.HeardSamples)];
            foreach (BaresipPhone phone in phones)
            {
                await phone.Control.CommandAsync("hangup");
                await phone.Control.WaitForAsync("CALL_CLOSED");
            }

            for (int i = 0; i < phones.Count; i++)
            {
                short[] samples = await phones[i].ReadHeardAsync();
                short[] last = samples[Math.Max(0, Math.Min(heard[i], samples.Length) - 6000)..Math.Min(heard[i], samples.Length)];
                double[] levels = [.. s_hertz.Select(hertz => Goertzel.LevelDbm0(last, hertz))];
                double faintest = levels.Where((_, other) => other != i).Min();
                Assert.True(faintest > -30 && levels[i] < faintest - 20, $"phone {i} heard {string.Join(", ", levels.Select(static l => l.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)))} dBm0 of {string.Join(", ", s_hertz)} Hz");
            }
        }
        finally
        {
            foreach (BaresipPhone phone in phones)
            {
                await phone.DisposeAsync();
            }
        }

        IReadOnlyList<IReadOnlyDictionary<string, object?>> rows = await Eventually.IsAsync(
            () => fixture.Server.QueryAsync($"select * from call_records where called = '{Number}'"), static r => r.Count == 3, "the records of the three calls");
        Assert.All(rows, static row => Assert.Equal("completed", row["reason"]));
    }
}
