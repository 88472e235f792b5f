using System.Collections.Frozen;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Calls;

namespace MediaCore.Numbers.Tests.Menus;

/// <summary>A tenant with menus, for calls that are led through them.</summary>
internal sealed class MenuWorld
{
    public Dictionary<string, string> Menus { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<User> Users { get; } = [];

    public List<Schedule> Schedules { get; } = [];

    public List<Prompt> Prompts { get; } = [];

    public TestLookup Lookup { get; } = new();

    public TenantConfiguration Configuration => new()
    {
        Tenant = new Tenant { Name = "test" },
        Menus = Menus.ToFrozenDictionary(static menu => menu.Key, static menu => new PublishedDocument(new Menu { Name = menu.Key }, new MenuRevision { Number = 1, Document = menu.Value }), StringComparer.OrdinalIgnoreCase),
        Users = Users.ToFrozenDictionary(static user => user.Name, StringComparer.OrdinalIgnoreCase),
        Schedules = Schedules.ToFrozenDictionary(static schedule => schedule.Name, StringComparer.OrdinalIgnoreCase),
        Prompts = Prompts.GroupBy(static prompt => prompt.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(static one => one.Key, static one => one.ToFrozenDictionary(static prompt => prompt.Language, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>A menu of these nodes; the first one is its start.</summary>
    public static MenuWorld Of(string start, string nodes)
    {
        var world = new MenuWorld();
        world.Menus["main"] = $"{{ \"start\": \"{start}\", \"nodes\": {{ {nodes} }} }}";
        return world;
    }

    public MenuWorld With(Action<MenuWorld> change)
    {
        change(this);
        return this;
    }

    /// <summary>A call in the menu "main", whose caller is answered already unless said otherwise.</summary>
    public CallProbe Call(bool isAnswered = true)
    {
        foreach (string document in Menus.Values)
        {
            var errors = new DocumentErrors();
            MenuDocument.Parse(document, errors);
            Assert.Empty(errors.All);
        }

        return CallProbe.Start(new MenuActivity("main"), configuration: Configuration, isAnswered: isAnswered, services: shared => shared with { Lookups = Lookup });
    }
}
