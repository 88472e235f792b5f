using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Tests.Numbering;

public sealed class NumberingPlansTests
{
    /// <summary>Types of the package that made the vectors, in our words.</summary>
    private static readonly Dictionary<string, NumberType> Types = new(StringComparer.Ordinal)
    {
        ["-"] = NumberType.Unknown,
        ["FIXED_LINE"] = NumberType.Local,
        ["FIXED_LINE_OR_MOBILE"] = NumberType.Local,
        ["MOBILE"] = NumberType.Mobile,
        ["TOLL_FREE"] = NumberType.TollFree,
        ["PREMIUM_RATE"] = NumberType.Premium,
        ["SHARED_COST"] = NumberType.SharedCost,
        ["VOIP"] = NumberType.Voip,
        ["PERSONAL_NUMBER"] = NumberType.Personal,
        ["PAGER"] = NumberType.Pager,
        ["UAN"] = NumberType.National,
        ["VOICEMAIL"] = NumberType.Voicemail,
    };

    [Fact]
    public void EveryVector_IsReadAsThePackageReadsIt()
    {
        var differences = new List<string>();
        int vectors = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Numbering", "vectors.tsv")))
        {
            if (line[0] == '#')
            {
                continue;
            }

            vectors++;
            string[] columns = line.Split('\t');
            string read = NumberingPlans.TryParse(columns[0], columns[1], out PhoneNumber number)
                ? $"{number.E164} {(columns[3] == "-" ? "-" : number.Country)} {number.Type} {number.Validity != NumberValidity.Impossible} {number.Validity == NumberValidity.Valid}"
                : "nothing";

            // Some plans have numbers of more digits than E.164 allows, and the package takes them: nobody can be called by them.
            string expected = columns[2].Length > 16 ? "nothing" : $"{columns[2]} {columns[3]} {Types[columns[4]]} {(columns[5] == "true" ? "True" : "False")} {(columns[6] == "true" ? "True" : "False")}";
            if (read != expected)
            {
                differences.Add($"{columns[1]} '{columns[0]}': {read}, the package: {expected}");
            }
        }

        Assert.True(vectors > 5_000);
        Assert.True(differences.Count == 0, $"{differences.Count} of {vectors}:\n{string.Join('\n', differences.Take(60))}");
    }

    [Theory]
    [InlineData("+12025550123", null, "+12025550123", "US", NumberType.Local)]
    [InlineData("(202) 555-0123", "US", "+12025550123", "US", NumberType.Local)]
    [InlineData("1 202.555.0123", "US", "+12025550123", "US", NumberType.Local)]
    [InlineData("011 44 20 7946 0000", "US", "+442079460000", "GB", NumberType.Local)]
    [InlineData("00442079460000", "DE", "+442079460000", "GB", NumberType.Local)]
    [InlineData("020 7946 0000", "GB", "+442079460000", "GB", NumberType.Local)]
    [InlineData("+44 (0)20 7946 0000", null, "+442079460000", "GB", NumberType.Local)]
    [InlineData("442079460000", "GB", "+442079460000", "GB", NumberType.Local)]
    [InlineData("1-800-FLOWERS", "US", "+18003569377", "US", NumberType.TollFree)]
    [InlineData("tel:+1-202-555-0123;ext=12", null, "+12025550123", "US", NumberType.Local)]
    [InlineData("+1 202 555 0123 x12", null, "+12025550123", "US", NumberType.Local)]
    [InlineData("+1 202 555 0123 ext. 12", null, "+12025550123", "US", NumberType.Local)]
    [InlineData("+39 06 1234 5678", null, "+390612345678", "IT", NumberType.Local)]
    [InlineData("06 1234 5678", "IT", "+390612345678", "IT", NumberType.Local)]
    [InlineData("0175 1234567", "DE", "+491751234567", "DE", NumberType.Mobile)]
    [InlineData("+1 416 555 0123", null, "+14165550123", "CA", NumberType.Local)]
    [InlineData("+800 1234 5678", null, "+80012345678", "001", NumberType.International)]
    [InlineData("8 (495) 123-45-67", "RU", "+74951234567", "RU", NumberType.Local)]
    [InlineData("+77012345678", null, "+77012345678", "KZ", NumberType.Mobile)]
    [InlineData("912 345 678", "ES", "+34912345678", "ES", NumberType.Local)]
    public void Number_AsPeopleWriteIt_IsE164(string text, string? country, string e164, string found, NumberType type)
    {
        Assert.True(NumberingPlans.TryParse(text, country, out PhoneNumber number));
        Assert.Equal((e164, found, type, NumberValidity.Valid), (number.E164, number.Country, number.Type, number.Validity));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("+")]
    [InlineData("alice")]
    [InlineData("FLOWERS")]
    [InlineData("+1#2")]
    [InlineData("++12025550123")]
    [InlineData("2025550123")]
    [InlineData("+999 12345678")]
    [InlineData("+123456789012345678")]
    [InlineData("+1٢025550123")]
    public void Text_ThatIsNoNumber_IsNone(string? text) => Assert.False(NumberingPlans.TryParse(text, null, out _));

    [Fact]
    public void Number_ThatThePlanDoesNotHave_IsPossible_OfAnotherLengthNot()
    {
        Assert.True(NumberingPlans.TryParse("+11234567890", null, out PhoneNumber number));
        Assert.Equal((NumberType.Unknown, NumberValidity.Possible), (number.Type, number.Validity));
        Assert.True(NumberingPlans.TryParse("+1202555", null, out number));
        Assert.Equal(NumberValidity.Impossible, number.Validity);
    }

    [Fact]
    public void AnyText_IsReadWithoutAnException()
    {
        var random = new Random(7);
        const string Characters = "0123456789+-() xXeEtTaAzZ;:.\u00A0\u0661\uD83D";
        string[] countries = [.. NumberingPlans.Countries];
        Assert.True(countries.Length > 240);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Create(random.Next(0, 70), random, static (span, source) =>
            {
                foreach (ref char c in span)
                {
                    c = Characters[source.Next(Characters.Length)];
                }
            });
            if (NumberingPlans.TryParse(text, countries[random.Next(countries.Length)], out PhoneNumber number))
            {
                Assert.InRange(number.E164.Length, 4, 16);
                Assert.True(number.E164.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);
            }
        }
    }

    [Theory]
    [InlineData("FLOWERS", "3569377")]
    [InlineData("*Flowers", "%3569377")]
    [InlineData("202?55*", "202_55%")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")]
    [InlineData("%", null)]
    [InlineData("_", null)]
    [InlineData("*?", null)]
    [InlineData("", null)]
    public void Pattern_IsLike(string pattern, string? like) => Assert.Equal(like, Vanity.ToLike(pattern));
}
