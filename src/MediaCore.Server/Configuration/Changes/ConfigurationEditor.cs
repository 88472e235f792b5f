using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Control.Services;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>Works out what a request makes of the changes so far; whether the configuration is right with it is for its reader to say.</summary>
internal static class ConfigurationEditor
{
    /// <summary>What a request leads to: the source with the change, or why not.</summary>
    /// <param name="source">What is in force.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="now">The time of the change.</param>
    /// <param name="refusal">Why not.</param>
    public static ConfigurationSource? Edit(ConfigurationSource source, ConfigurationRequest request, DateTimeOffset now, out ConfigurationOutcome? refusal)
    {
        ResourceName name = new(request.Section, request.Name);
        refusal = CheckName(request);
        if (refusal is not null)
        {
            return null;
        }

        ConfigurationObject tree = source.Merge(new ConfigurationErrors());
        JsonNode? current = ConfigurationResources.FindNode(tree, name);
        refusal = CheckETag(request, name, current);
        if (refusal is not null)
        {
            return null;
        }

        if (request.Action == ConfigurationAction.Reset)
        {
            return Finish(source with { Changes = Reset(source.Changes, name) }, name.Section, out refusal);
        }

        JsonNode? wanted = null;
        if (request.Action != ConfigurationAction.Delete)
        {
            wanted = ReadValue(request, name, current, out refusal);
            if (refusal is not null)
            {
                return null;
            }
        }

        JsonNode? written = source.Fingerprint(name).Length > 0 || name.Name.Length == 0 ? ConfigurationResources.FindNode(source.Tree, name) : null;
        bool isAsWritten = name.Name.Length > 0 && wanted is null
            ? written is null
            : written is not null && ConfigurationJson.WriteCanonical(written) == ConfigurationJson.WriteCanonical(wanted ?? new JsonObject());
        ConfigurationChange change = new(wanted is null ? null : ConfigurationJson.Write(wanted), source.Fingerprint(name), now, request.By);
        ConfigurationChanges changes = source.Changes with { Items = isAsWritten ? source.Changes.Items.Remove(name) : source.Changes.Items.SetItem(name, change) };
        if (wanted is not null && name.Name.Length > 0 && (current is null || request.Before.Length > 0))
        {
            changes = Move(source with { Changes = changes }, name, request.Before, out refusal);
            if (refusal is not null)
            {
                return null;
            }
        }

        return Finish(source with { Changes = changes }, name.Section, out refusal);
    }

    private static ConfigurationOutcome? CheckName(ConfigurationRequest request)
    {
        if (!ConfigurationSections.IsKnown(request.Section))
        {
            return ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"\"{Cut(request.Section)}\" is not a section that can be changed here; those are {string.Join(", ", ConfigurationSections.All)}. Where the server is reached and where its data is, the file alone says.");
        }

        if (ConfigurationSections.IsList(request.Section) && request is { Action: ConfigurationAction.Reset, Name: "" })
        {
            // The order of the list.
            return null;
        }

        if (!ConfigurationSections.IsList(request.Section))
        {
            return request.Name.Length == 0 ? null : ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"{request.Section} is one object; leave the name out.");
        }

        return request.Name.Length is > 0 and <= ConfigurationLimits.MaxNameLength
            ? null
            : ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"{request.Section} is a list: say which, with a name of 1 to {ConfigurationLimits.MaxNameLength} characters.");
    }

    private static ConfigurationOutcome? CheckETag(ConfigurationRequest request, ResourceName name, JsonNode? current)
    {
        bool isChanged = current is not null && request.ETag is not ("" or "*") && request.ETag != ConfigurationResources.GetETag(current);
        if (isChanged)
        {
            return ConfigurationOutcome.Refuse(ConfigurationStatus.Aborted, $"{name} has changed meanwhile: read it again, and change what it is now.");
        }

        return request.Action switch
        {
            ConfigurationAction.Replace when current is null && request.ETag.Length > 0 => ConfigurationOutcome.Refuse(ConfigurationStatus.Aborted, $"There is no {name} (any more); without an etag it is made."),
            ConfigurationAction.Replace when current is not null && request.ETag.Length == 0 => ConfigurationOutcome.Refuse(ConfigurationStatus.Aborted, $"There is {name} already; with its etag, or \"*\", it is replaced."),

            // What was deleted can be had back.
            ConfigurationAction.Update or ConfigurationAction.Delete when current is null => ConfigurationOutcome.Refuse(ConfigurationStatus.NotFound, $"There is no {name}."),
            _ => null,
        };
    }

    private static JsonObject? ReadValue(ConfigurationRequest request, ResourceName name, JsonNode? current, out ConfigurationOutcome? refusal)
    {
        if (request.Json.Length > ConfigurationLimits.MaxResourceCharacters)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.TooLarge, $"{name} would have {request.Json.Length} characters; {ConfigurationLimits.MaxResourceCharacters} is the limit.");
            return null;
        }

        JsonNode? given;
        try
        {
            given = ConfigurationJson.Parse(request.Json);
        }
        catch (JsonException e)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"What is given for {name} is not valid JSON: {e.Message}");
            return null;
        }

        if (given is not JsonObject)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"What is given for {name} must be an object: {{ … }}.");
            return null;
        }

        var value = (JsonObject)(request.Action == ConfigurationAction.Update ? JsonMergePatch.Apply(current, given)! : given);
        if (ConfigurationSecrets.Restore(value, current) is { } missing)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"{missing}: \"{ConfigurationSecrets.Hidden}\" stands for the secret that is there, and there is none; give it itself.");
            return null;
        }

        if (name.Name.Length > 0)
        {
            if (value.TryGetPropertyValue("name", out JsonNode? own) && (own is not JsonValue text || !text.TryGetValue(out string? ownName) || ownName != name.Name))
            {
                refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"name: what is given is not named {name.Name}; for another name make another and delete this one.");
                return null;
            }

            if (own is null)
            {
                value.Remove("name");
                value.Insert(0, "name", name.Name);
            }
        }

        refusal = null;
        return value;
    }

    /// <summary>A piece is again what the file says, and where; with no name, a list in its whole order.</summary>
    private static ConfigurationChanges Reset(ConfigurationChanges changes, ResourceName name)
    {
        if (!changes.Orders.TryGetValue(name.Section, out ConfigurationOrder? order))
        {
            return changes with { Items = changes.Items.Remove(name) };
        }

        return changes with
        {
            Items = changes.Items.Remove(name),
            Orders = name.Name.Length == 0 ? changes.Orders.Remove(name.Section) : changes.Orders.SetItem(name.Section, order with { Names = order.Names.Remove(name.Name) }),
        };
    }

    /// <summary>Puts a piece before another, or to the end.</summary>
    private static ConfigurationChanges Move(ConfigurationSource source, ResourceName name, string before, out ConfigurationOutcome? refusal)
    {
        refusal = null;
        List<string> names = ConfigurationResources.GetNames(source.Merge(new ConfigurationErrors()), name.Section);
        names.Remove(name.Name);
        int index = before.Length == 0 ? names.Count : names.IndexOf(before);
        if (index < 0)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.Invalid, $"before: there is no other {new ResourceName(name.Section, Cut(before))}.");
            return source.Changes;
        }

        names.Insert(index, name.Name);
        return source.Changes with { Orders = source.Changes.Orders.SetItem(name.Section, new ConfigurationOrder([.. names], [.. ConfigurationResources.GetNames(source.Tree, name.Section)])) };
    }

    /// <summary>Leaves out an order that says nothing, and looks at the bounds.</summary>
    private static ConfigurationSource? Finish(ConfigurationSource source, string section, out ConfigurationOutcome? refusal)
    {
        refusal = null;
        ConfigurationSource result = source;
        if (source.Changes.Orders.TryGetValue(section, out ConfigurationOrder? order))
        {
            ConfigurationSource without = source with { Changes = source.Changes with { Orders = source.Changes.Orders.Remove(section) } };
            List<string> names = ConfigurationResources.GetNames(source.Merge(new ConfigurationErrors()), section);
            result = names.SequenceEqual(ConfigurationResources.GetNames(without.Merge(new ConfigurationErrors()), section), StringComparer.Ordinal)
                ? without
                : source with { Changes = source.Changes with { Orders = source.Changes.Orders.SetItem(section, order with { Names = [.. names] }) } };
        }

        int count = ConfigurationSections.IsList(section) ? ConfigurationResources.GetNames(result.Merge(new ConfigurationErrors()), section).Count : 0;
        if (count > ConfigurationLimits.MaxResources || ConfigurationChangesFile.ToBytes(result.Changes).Length > ConfigurationLimits.MaxFileBytes)
        {
            refusal = ConfigurationOutcome.Refuse(ConfigurationStatus.TooLarge, $"Too much is changed over the control interface: at most {ConfigurationLimits.MaxResources} {section}, and {ConfigurationLimits.MaxFileBytes} bytes of changes in all; write the rest into the file.");
            return null;
        }

        return result;
    }

    private static string Cut(string text) => text.Length <= ConfigurationLimits.MaxNameLength ? text : text[..ConfigurationLimits.MaxNameLength];
}
