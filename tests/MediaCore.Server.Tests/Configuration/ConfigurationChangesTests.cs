using System.Collections;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Control.Services;
using MediaCore.Server.Configuration;
using MediaCore.Server.Configuration.Changes;

namespace MediaCore.Server.Tests.Configuration;

/// <summary>Changes laid over a file: what becomes of lists and their order, of secrets, of overrides; and the file that keeps them.</summary>
public sealed class ConfigurationChangesTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b,c", "", "a,b,c")]
    [InlineData("a,b,c", "c,a,b", "c,a,b")]
    [InlineData("a,new,b,c", "c,a,b", "c,a,new,b")]
    [InlineData("new,a,b", "b,a", "new,b,a")]
    [InlineData("a,b,new,newer", "b,a", "b,new,newer,a")]
    [InlineData("a,c", "c,b,a", "c,a")]
    public void Order_HoldsForThoseItNames_AndOthersStayBehindTheirPredecessor(string file, string order, string expected)
    {
        ConfigurationSource source = Source($$"""{ "routes": [{{string.Join(',', file.Split(',').Select(static name => $$"""{"name":"{{name}}"}"""))}}] }""");
        ConfigurationChanges changes = ConfigurationChanges.None with { Orders = ConfigurationChanges.None.Orders.SetItem("routes", new ConfigurationOrder([.. order.Split(',', StringSplitOptions.RemoveEmptyEntries)], [])) };
        Assert.Equal(expected, string.Join(',', ConfigurationResources.GetNames((source with { Changes = changes }).Merge(new ConfigurationErrors()), "routes")));
    }

    [Fact]
    public void Item_IsReplaced_Deleted_Added_AndTheTreeOfTheFileStays()
    {
        ConfigurationSource source = Source("""{ "trunks": [ { "name": "a", "from": ["192.0.2.1"] }, { "name": "b" } ] }""");
        ConfigurationSource changed = Edit(Edit(Edit(source, Replace("trunks", "a", """{"from":["192.0.2.2"]}""", "*")), new ConfigurationRequest(ConfigurationAction.Delete, "trunks", "b", "", "me")), Replace("trunks", "c", "{}", ""));
        Assert.Equal("""[{"name":"a","from":["192.0.2.2"]},{"name":"c"}]""", Show(changed, "trunks"));
        Assert.Equal("""[{"name":"a","from":["192.0.2.1"]},{"name":"b"}]""", Show(source, "trunks"));

        // Back to what the file says, one by one, until nothing is left.
        changed = Edit(changed, new ConfigurationRequest(ConfigurationAction.Delete, "trunks", "c", "", "me"));
        changed = Edit(changed, new ConfigurationRequest(ConfigurationAction.Reset, "trunks", "b", "", "me"));
        changed = Edit(changed, new ConfigurationRequest(ConfigurationAction.Update, "trunks", "a", "", "me") { Json = """{"from":["192.0.2.1"]}""" });
        Assert.True(changed.Changes.IsEmpty);
    }

    [Fact]
    public void Route_IsPutBeforeAnother_Moved_AndBack()
    {
        ConfigurationSource source = Source("""{ "routes": [ { "name": "a" }, { "name": "b" } ] }""");
        ConfigurationSource changed = Edit(source, Replace("routes", "first", "{}", "") with { Before = "a" });
        Assert.Equal("first,a,b", Names(changed));
        changed = Edit(changed, Replace("routes", "last", "{}", ""));
        Assert.Equal("first,a,b,last", Names(changed));
        changed = Edit(changed, Replace("routes", "last", "{}", "*") with { Before = "b" });
        Assert.Equal("first,a,last,b", Names(changed));

        // A value without a place leaves it where it is.
        changed = Edit(changed, Replace("routes", "last", """{"record":true}""", "*"));
        Assert.Equal("first,a,last,b", Names(changed));
        Refuse(changed, Replace("routes", "last", "{}", "*") with { Before = "nobody" }, ConfigurationStatus.Invalid, "before");
        Refuse(changed, Replace("routes", "last", "{}", "*") with { Before = "last" }, ConfigurationStatus.Invalid, "before");
        changed = Edit(Edit(changed, new ConfigurationRequest(ConfigurationAction.Delete, "routes", "first", "", "me")), new ConfigurationRequest(ConfigurationAction.Delete, "routes", "last", "", "me"));
        Assert.True(changed.Changes.IsEmpty);
    }

    [Theory]
    [InlineData("grpc", "", "{}", "", ConfigurationStatus.Invalid, "not a section")]
    [InlineData("trunks", "", "{}", "", ConfigurationStatus.Invalid, "say which")]
    [InlineData("calls", "x", "{}", "*", ConfigurationStatus.Invalid, "leave the name out")]
    [InlineData("trunks", "a", "{}", "", ConfigurationStatus.Aborted, "already")]
    [InlineData("trunks", "a", "{}", "0123", ConfigurationStatus.Aborted, "read it again")]
    [InlineData("trunks", "none", "{}", "*", ConfigurationStatus.Aborted, "no trunks \"none\"")]
    [InlineData("trunks", "a", "{", "*", ConfigurationStatus.Invalid, "not valid JSON")]
    [InlineData("trunks", "a", "[]", "*", ConfigurationStatus.Invalid, "must be an object")]
    [InlineData("trunks", "a", """{"from":[],"from":[]}""", "*", ConfigurationStatus.Invalid, "not valid JSON")]
    [InlineData("trunks", "a", """{"name":"b"}""", "*", ConfigurationStatus.Invalid, "name:")]
    [InlineData("trunks", "a", """{"name":1}""", "*", ConfigurationStatus.Invalid, "name:")]
    [InlineData("trunks", "a", """{"credentials":{"user":"u","password":"***"}}""", "*", ConfigurationStatus.Invalid, "credentials.password")]
    [InlineData("calls", "", "{}", "", ConfigurationStatus.Aborted, "already")]
    public void Replacement_ThatCannotBe_IsRefused(string section, string name, string json, string etag, object status, string words) =>
        Refuse(Source("""{ "trunks": [ { "name": "a" } ] }"""), Replace(section, name, json, etag), (ConfigurationStatus)status, words);

    [Fact]
    public void Value_ThatIsTooLong_OrTooDeep_IsRefused()
    {
        ConfigurationSource source = Source("{}");
        Refuse(source, Replace("calls", "", $$"""{"x":"{{new string('x', ConfigurationLimits.MaxResourceCharacters)}}"}""", "*"), ConfigurationStatus.TooLarge, "the limit");
        Refuse(source, Replace("calls", "", string.Concat(Enumerable.Repeat("""{"x":""", 20)) + "1" + new string('}', 20), "*"), ConfigurationStatus.Invalid, "not valid JSON");
    }

    [Fact]
    public void List_HasABound()
    {
        ConfigurationSource source = Source($$"""{ "routes": [{{string.Join(',', Enumerable.Range(0, ConfigurationLimits.MaxResources).Select(static i => $$"""{"name":"r{{i}}"}"""))}}] }""");
        Refuse(source, Replace("routes", "more", "{}", ""), ConfigurationStatus.TooLarge, "at most");
    }

    [Fact]
    public void Secret_IsNotShown_IsKeptWhenGivenBack_AndChangesTheETag()
    {
        ConfigurationSource source = Source("""{ "trunks": [ { "name": "a", "credentials": { "user": "u", "password": "hush" } } ] }""");
        ConfigurationResource shown = Assert.Single(ConfigurationResources.List(source, "trunks"));
        Assert.Equal("""{"name":"a","credentials":{"user":"u","password":"***"}}""", shown.Json);
        ConfigurationSource changed = Edit(source, Replace("trunks", "a", shown.Json.Replace("\"u\"", "\"v\"", StringComparison.Ordinal), shown.ETag));
        Assert.Contains("""{"user":"v","password":"hush"}""", Show(changed, "trunks"), StringComparison.Ordinal);
        changed = Edit(source, new ConfigurationRequest(ConfigurationAction.Update, "trunks", "a", shown.ETag, "me") { Json = """{"credentials":{"password":"***","realm":"r"}}""" });
        Assert.Contains("hush", Show(changed, "trunks"), StringComparison.Ordinal);
        changed = Edit(source, new ConfigurationRequest(ConfigurationAction.Update, "trunks", "a", "", "me") { Json = """{"credentials":{"password":"other"}}""" });
        Assert.NotEqual(shown.ETag, Assert.Single(ConfigurationResources.List(changed, "trunks")).ETag);
    }

    [Fact]
    public void Changes_AreReadAgain_AsTheyWereWritten_ByTheirOwnerAlone()
    {
        string path = Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name);
        ConfigurationSource source = Source("""{ "routes": [ { "name": "a" }, { "name": "b" } ] }""");
        ConfigurationSource changed = Edit(Edit(Edit(source, Replace("routes", "x", """{"name":"x","match":{"to":"\u00e4"}}""", "") with { Before = "b" }), new ConfigurationRequest(ConfigurationAction.Delete, "routes", "a", "", "me")), Replace("calls", "", """{"maxCalls":5}""", "*"));
        ConfigurationChangesFile.Write(path, changed.Changes);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path + ".new"));

        ConfigurationErrors errors = new();
        ConfigurationSource again = source with { Changes = ConfigurationChangesFile.Read(path, errors) };
        Assert.Empty(errors.Items);
        Assert.Equal(Show(changed, "routes"), Show(again, "routes"));
        Assert.Equal("x,b", Names(again));
        Assert.Equal((s_now, "me"), (again.Changes.Items[new ResourceName("calls", "")].At, again.Changes.Items[new ResourceName("calls", "")].By));

        // Half a file of a stop in the middle does not count.
        File.WriteAllText(path + ".new", "{\"chan");
        Assert.Equal(3, ConfigurationChangesFile.Read(path, errors).Items.Count);
        ConfigurationChangesFile.Write(path, ConfigurationChanges.None);
        Assert.False(File.Exists(path));
        Assert.True(ConfigurationChangesFile.Read(path, errors).IsEmpty);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"changes":[{"section":"grpc","name":"","value":{},"basedOn":"","at":"2026-11-23T00:00:00Z","by":""}],"order":{}}""")]
    [InlineData("""{"changes":[{"section":"trunks","name":"a","value":7,"basedOn":"","at":"2026-11-23T00:00:00Z","by":""}],"order":{}}""")]
    [InlineData("""{"changes":[],"order":{"routes":[7]}}""")]
    [InlineData("""{"changes":[],"order":{"routes":{"names":["a"]}}}""")]
    public void File_ThatIsWrong_IsAnErrorThatSaysWhatToDo(string text)
    {
        string path = Path.Combine(_folder.Path, "changes.json");
        File.WriteAllText(path, text);
        ConfigurationErrors errors = new();
        Assert.True(ConfigurationChangesFile.Read(path, errors).IsEmpty);
        Assert.Contains("mend it, or remove it", Assert.Single(errors.Items).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatChangesWhatWasChangedHere_LosesAndIsToldOf()
    {
        ConfigurationSource source = Edit(Source("""{ "calls": { "maxCalls": 5 } }"""), Replace("calls", "", """{"maxCalls":6}""", "*"));
        Assert.Empty(source.Notices);
        ConfigurationSource same = Source("""{ /* written otherwise */ "calls": { "MAXCALLS": 5 } }""") with { Changes = source.Changes };
        Assert.Empty(same.Notices);
        ConfigurationSource later = Source("""{ "calls": { "maxCalls": 7 } }""") with { Changes = source.Changes };
        Assert.Contains("mcctl config reset", Assert.Single(later.Notices), StringComparison.Ordinal);
        Assert.Equal("""{"maxCalls":6}""", Show(later, "calls"));
        Assert.Equal("""{"maxCalls":7}""", Show(Edit(later, new ConfigurationRequest(ConfigurationAction.Reset, "calls", "", "", "me")), "calls"));
    }

    [Fact]
    public void FileThatOrdersItsRoutesAnewLater_LosesAndIsToldOf_UntilTheOrderIsReset()
    {
        const string Before = """{ "routes": [ { "name": "a" }, { "name": "b" }, { "name": "c" } ] }""";
        ConfigurationSource moved = Edit(Source(Before), Replace("routes", "c", "{}", "*") with { Before = "a" });
        Assert.Equal("c,a,b", Names(moved));
        Assert.Empty(moved.Notices);

        // One more in the file is no other order.
        ConfigurationSource longer = Source("""{ "routes": [ { "name": "a" }, { "name": "new" }, { "name": "b" }, { "name": "c" } ] }""") with { Changes = moved.Changes };
        Assert.Empty(longer.Notices);
        Assert.Equal("c,a,new,b", Names(longer));

        ConfigurationSource later = Source("""{ "routes": [ { "name": "b" }, { "name": "a" }, { "name": "c" } ] }""") with { Changes = moved.Changes };
        Assert.Equal("c,a,b", Names(later));
        Assert.Contains("mcctl config reset routes", Assert.Single(later.Notices), StringComparison.Ordinal);
        ConfigurationSource reset = Edit(later, new ConfigurationRequest(ConfigurationAction.Reset, "routes", "", "", "me"));
        Assert.Equal("b,a,c", Names(reset));
        Assert.True(reset.Changes.IsEmpty);

        // Who orders them anew has seen how they are.
        Assert.Empty(Edit(later, Replace("routes", "b", "{}", "*") with { Before = "a" }).Notices);
    }

    [Fact]
    public void Route_ThatIsReset_StandsWhereTheFileHasIt()
    {
        ConfigurationSource source = Source("""{ "routes": [ { "name": "a" }, { "name": "b" }, { "name": "c" } ] }""");
        ConfigurationSource moved = Edit(source, Replace("routes", "c", """{"record":true}""", "*") with { Before = "a" });
        Assert.Equal("c,a,b", Names(moved));
        ConfigurationSource reset = Edit(moved, new ConfigurationRequest(ConfigurationAction.Reset, "routes", "c", "", "me"));
        Assert.Equal("a,b,c", Names(reset));
        Assert.True(reset.Changes.IsEmpty);
    }

    [Fact]
    public void HeaderRules_HaveValuesThatAreNotShown_AndStayWithTheirRules()
    {
        ConfigurationSource source = Source("""
            { "trunks": [ { "name": "a", "headers": [
              { "action": "set", "header": "X-Key", "value": "hush-1" }, { "action": "set", "header": "X-Other", "value": "hush-2" }, { "action": "remove", "header": "X-Gone" } ] } ] }
            """);
        ConfigurationResource shown = Assert.Single(ConfigurationResources.List(source, "trunks"));
        Assert.DoesNotContain("hush", shown.Json, StringComparison.Ordinal);
        Assert.Contains("X-Gone", shown.Json, StringComparison.Ordinal);
        Assert.True(Edit(source, Replace("trunks", "a", shown.Json, shown.ETag)).Changes.IsEmpty);

        // The first one goes: the second keeps its own.
        string fewer = Show(Edit(source, Replace("trunks", "a", """{"headers":[{"action":"set","header":"X-Other","value":"***"}]}""", "*")), "trunks");
        Assert.Contains("hush-2", fewer, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-1", fewer, StringComparison.Ordinal);

        // In its place, and changed in something else.
        string changed = Show(Edit(source, Replace("trunks", "a", """{"headers":[{"action":"add","header":"X-Key","value":"***"},{"action":"set","header":"X-Other","value":"new"},{"action":"remove","header":"X-Gone"}]}""", "*")), "trunks");
        Assert.Contains("hush-1", changed, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-2", changed, StringComparison.Ordinal);
        Refuse(source, Replace("trunks", "a", """{"headers":[{"action":"set","header":"X-Third","value":"***"}]}""", "*"), ConfigurationStatus.Invalid, "headers[0].value");
    }

    [Fact]
    public void Overrides_AreShownAsTheKeysAndTypesOfTheFile_OnceTheyWereRead()
    {
        Hashtable environment = new()
        {
            ["MEDIACORE__CALLS__MAXCALLS"] = "+5",
            ["MEDIACORE__TRUNKS__0__NAME"] = "a",
            ["MEDIACORE__TRUNKS__0__FROM"] = "192.0.2.1, 192.0.2.2",
            ["MEDIACORE__TRUNKS__0__RECORD"] = "True",
            ["MEDIACORE__TRUNKS__0__FAILOVER__BLOCKSECONDS"] = "1.50",
            ["MEDIACORE__TRUNKS__0__MEDIA"] = "anchor",
            ["MEDIACORE__MEDIA__ADVERTISED"] = "",
        };
        ConfigurationErrors errors = new();
        ServerSettings settings = ServerSettingsReader.Read(null, _folder.Path, ConfigurationOverride.FromEnvironment(environment), errors);
        Assert.Empty(errors.Items);
        Assert.Equal("""{"maxCalls":5}""", Show(settings.Source!, "calls"));
        Assert.Equal("""{"advertised":null}""", Show(settings.Source!, "media"));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"failover":{"blockSeconds":1.50},"from":["192.0.2.1","192.0.2.2"],"media":"anchor","name":"a","record":true}]"""), JsonNode.Parse(Show(settings.Source!, "trunks"))));

        // And what is shown can be given back.
        ConfigurationSource changed = Edit(settings.Source!, new ConfigurationRequest(ConfigurationAction.Update, "trunks", "a", "", "me") { Json = """{"record":null}""" });
        Assert.False(Assert.Single(ServerSettingsReader.Read(changed, errors).Trunks).Record);
        Assert.Empty(errors.Items);
    }

    private static string Names(ConfigurationSource source) => string.Join(',', ConfigurationResources.GetNames(source.Merge(new ConfigurationErrors()), "routes"));

    private static string Show(ConfigurationSource source, string section) =>
        ConfigurationJson.Write(source.Merge(new ConfigurationErrors()).Members.GetValueOrDefault(section) is { } node ? ConfigurationJson.ToJson(node) : null);

    private static ConfigurationRequest Replace(string section, string name, string json, string etag) => new(ConfigurationAction.Replace, section, name, etag, "me") { Json = json };

    private static ConfigurationSource Edit(ConfigurationSource source, ConfigurationRequest request)
    {
        ConfigurationSource? changed = ConfigurationEditor.Edit(source, request, s_now, out ConfigurationOutcome? refusal);
        Assert.Null(refusal);
        return changed!;
    }

    private static void Refuse(ConfigurationSource source, ConfigurationRequest request, ConfigurationStatus status, string words)
    {
        Assert.Null(ConfigurationEditor.Edit(source, request, s_now, out ConfigurationOutcome? refusal));
        Assert.Equal(status, refusal!.Status);
        Assert.Contains(words, Assert.Single(refusal.Problems).Message, StringComparison.Ordinal);
    }

    private ConfigurationSource Source(string json)
    {
        ConfigurationErrors errors = new();
        ConfigurationSource source = new((ConfigurationObject)ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), "test.json", errors)!, _folder.Path);
        Assert.Empty(errors.Items);
        return source;
    }
}
