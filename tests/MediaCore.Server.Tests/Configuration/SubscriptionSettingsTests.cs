using MediaCore.Engine.Subscriptions;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

public sealed class SubscriptionSettingsTests
{
    [Theory]
    [InlineData("{}", DialogSubscriptions.Own)]
    [InlineData("""{ "sip": { "subscriptions": { "dialog": "own" } } }""", DialogSubscriptions.Own)]
    [InlineData("""{ "sip": { "subscriptions": { "dialog": "all" } } }""", DialogSubscriptions.All)]
    public void Dialog_SaysWhoseCallsMayBeWatched(string json, DialogSubscriptions expected)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Empty(errors);
        Assert.Equal(expected, settings.Sip.Subscriptions.Dialogs);
        Assert.Equal(expected, settings.ToEngineOptions().DialogSubscriptions);
    }

    [Theory]
    [InlineData("{}", MessageNotifications.Subscribers)]
    [InlineData("""{ "sip": { "subscriptions": { "messages": "subscribers" } } }""", MessageNotifications.Subscribers)]
    [InlineData("""{ "sip": { "subscriptions": { "messages": "phones" } } }""", MessageNotifications.Phones)]
    public void Messages_SaysWhichPhonesAreTold(string json, MessageNotifications expected)
    {
        (ServerSettings settings, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Empty(errors);
        Assert.Equal(expected, settings.ToEngineOptions().MessageNotifications);
    }

    [Theory]
    [InlineData("""{ "sip": { "subscriptions": { "messages": "all" } } }""", "sip.subscriptions.messages", "\"phones\"")]
    [InlineData("""{ "sip": { "subscriptions": { "dialog": "everybody" } } }""", "sip.subscriptions.dialog", "\"own\"")]
    [InlineData("""{ "sip": { "subscriptions": { "dialogs": "all" } } }""", "sip.subscriptions.dialogs", "")]
    public void Mistakes_AreNamed(string json, string path, string text)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationReading.Read(json);
        Assert.Contains(text, Assert.Single(errors, e => e.Path == path).Message, StringComparison.Ordinal);
    }
}
