using System.Collections.Frozen;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Actions;

/// <summary>Makes sound of what documents name.</summary>
public static class PromptMedia
{
    /// <summary>What is played for a choice in a call's language; null where what it names is not there (any more).</summary>
    public static PlayMedia? Find(PromptChoice choice, ICallStage call)
    {
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(call);
        return choice switch
        {
            { Prompt: { } name } => FindStored(name, call.Language, call.Configuration, call.Variables),
            { File: { } file } => new FileMedia(file),
            { Texts: { Count: > 0 } texts } when Choose(texts, call.Language, call.Configuration.Tenant.Language) is (string language, string text) => new TextMedia(Fill(text, call.Variables, language), language),
            { Text: { Length: > 0 } text } => new TextMedia(Fill(text, call.Variables, call.Language), call.Language),
            _ => null,
        };
    }

    /// <summary>Puts variables into a text: <c>{name}</c>, or <c>{name:digits}</c> and the like for one that is spoken (<see cref="SpokenText"/>); a name that there is no variable of stands for nothing.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> variables, string language = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variables);
        if (!text.Contains('{', StringComparison.Ordinal))
        {
            return text;
        }

        var filled = new StringBuilder(text.Length);
        int at = 0;
        while (text.IndexOf('{', at) is var open and >= 0 && text.IndexOf('}', open) is var close and >= 0)
        {
            string[] name = text[(open + 1)..close].Split(':', 2);
            string value = variables.GetValueOrDefault(name[0]) ?? "";
            filled.Append(text, at, open - at).Append(name.Length == 1 ? value : SpokenText.Say(value, name[1], language));
            at = close + 1;
        }

        return filled.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The language that is spoken of those there are: the wanted one, one of the same primary language, the tenant's, the first.</summary>
    public static (string Language, T Value)? Choose<T>(IEnumerable<KeyValuePair<string, T>> byLanguage, string wanted, string fallback)
    {
        ArgumentNullException.ThrowIfNull(byLanguage);
        KeyValuePair<string, T>[] all = [.. byLanguage];
        foreach (string language in (ReadOnlySpan<string>)[wanted, fallback])
        {
            foreach (Func<string, bool> matches in (ReadOnlySpan<Func<string, bool>>)[name => name.Equals(language, StringComparison.OrdinalIgnoreCase), name => Primary(name).Equals(Primary(language), StringComparison.OrdinalIgnoreCase)])
            {
                foreach ((string name, T value) in all)
                {
                    if (matches(name))
                    {
                        return (name, value);
                    }
                }
            }
        }

        return all is [(string first, T only), ..] ? (first, only) : null;
    }

    private static string Primary(string language) => language.Split('-', 2)[0];

    private static PlayMedia? FindStored(string name, string language, TenantConfiguration configuration, IReadOnlyDictionary<string, string> variables)
    {
        if (!configuration.Prompts.TryGetValue(name, out FrozenDictionary<string, Prompt>? byLanguage) || Choose(byLanguage, language, configuration.Tenant.Language) is not (string chosen, Prompt prompt))
        {
            return null;
        }

        return prompt.File is { } file ? new FileMedia(file) : new TextMedia(Fill(prompt.Text, variables, chosen), prompt.Voice ?? chosen);
    }
}
