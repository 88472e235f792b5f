using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Sip.Messages;

namespace MediaCore.Server.Configuration;

/// <summary>Keys <c>headers</c> and <c>pass</c> of a trunk: rules on headers, and headers that pass through.</summary>
internal static class TrunkHeaderSettings
{
    private const int MaxPassed = 64;

    /// <summary>Reads both lists; null when both are empty.</summary>
    public static TrunkHeaders? Read(SectionReader trunk)
    {
        List<HeaderRule> rules = [];
        foreach (SectionReader section in trunk.Sections("headers"))
        {
            if (rules.Count == TrunkHeaders.MaxRules)
            {
                trunk.Error("headers", $"has more than {TrunkHeaders.MaxRules} rules");
                break;
            }

            if (ReadRule(section) is { } rule)
            {
                rules.Add(rule);
            }
        }

        List<HeaderNamePattern> pass = [];
        foreach (ConfigurationText text in trunk.Texts("pass"))
        {
            if (pass.Count == MaxPassed)
            {
                trunk.Error(text, $"has more than {MaxPassed} names");
                break;
            }

            if (!HeaderNamePattern.TryParse(text.Value, allowPrefix: true, out HeaderNamePattern? pattern))
            {
                trunk.Error(text, $"\"{text.Value}\" is no header name (or beginning of one, as \"X-*\")");
            }
            else if (!pattern.IsPrefix && !HeaderProtection.MayPass(pattern.Name))
            {
                trunk.Error(text, HeaderProtection.IsIdentity(pattern.Name) || pattern.Name == SipHeaderName.Privacy
                    ? $"{pattern} tells who calls; use \"identity\""
                    : $"{pattern} is written by this server itself and cannot pass through");
            }
            else
            {
                pass.Add(pattern);
            }
        }

        return rules.Count == 0 && pass.Count == 0 ? null : new TrunkHeaders { Rules = [.. rules], Pass = [.. pass] };
    }

    private static HeaderRule? ReadRule(SectionReader section)
    {
        HeaderDirection direction = section.Choice("direction", HeaderDirection.Out, ("in", HeaderDirection.In), ("out", HeaderDirection.Out));
        HeaderMessages messages = section.Choice("messages", HeaderMessages.Requests, ("requests", HeaderMessages.Requests), ("responses", HeaderMessages.Responses), ("both", HeaderMessages.Both));
        HeaderAction action = section.Choice("action", HeaderAction.Set, ("add", HeaderAction.Add), ("set", HeaderAction.Set), ("remove", HeaderAction.Remove),
            ("copy", HeaderAction.Copy), ("replace", HeaderAction.Replace));
        if (!section.Has("action"))
        {
            section.Error("action", "is missing: one of add, set, remove, copy, replace");
        }

        if (section.HasError("action"))
        {
            // What else the rule needs depends on it.
            return null;
        }

        HashSet<SipMethod> methods = [];
        foreach (ConfigurationText text in section.Texts("methods"))
        {
            SipMethod method = SipMethods.Parse(Encoding.UTF8.GetBytes(text.Value));
            if (method == SipMethod.Unknown)
            {
                section.Error(text, $"\"{text.Value}\" is no method; they are written in capitals, as \"INVITE\"");
            }
            else
            {
                methods.Add(method);
            }
        }

        HeaderNamePattern? header = ReadName(section, "header", allowPrefix: action == HeaderAction.Remove, mustBeFree: true);
        HeaderNamePattern? source = action == HeaderAction.Copy ? ReadName(section, "from", allowPrefix: false, mustBeFree: false) : null;
        string value = action is HeaderAction.Add or HeaderAction.Set or HeaderAction.Replace ? ReadValue(section, mayBeEmpty: action == HeaderAction.Replace) : "";
        Regex? pattern = action == HeaderAction.Replace ? ReadPattern(section) : null;
        section.Finish();
        return header is null || (action == HeaderAction.Copy && source is null) || (action == HeaderAction.Replace && pattern is null) ? null : new HeaderRule
        {
            Direction = direction,
            Messages = messages,
            Action = action,
            Methods = methods.ToFrozenSet(),
            Header = header,
            Source = source,
            Value = value,
            Pattern = pattern,
        };
    }

    private static HeaderNamePattern? ReadName(SectionReader section, string key, bool allowPrefix, bool mustBeFree)
    {
        if (section.RequiredText(key) is not { } text)
        {
            return null;
        }

        if (!HeaderNamePattern.TryParse(text.Value, allowPrefix, out HeaderNamePattern? pattern))
        {
            section.Error(text, allowPrefix ? $"\"{text.Value}\" is no header name (or beginning of one, as \"X-*\")" : $"\"{text.Value}\" is no header name");
            return null;
        }

        if (mustBeFree && HeaderProtection.WhyProtected(pattern.Name) is { } reason)
        {
            section.Error(text, $"{pattern} {reason}");
            return null;
        }

        return pattern;
    }

    private static string ReadValue(SectionReader section, bool mayBeEmpty)
    {
        if ((mayBeEmpty ? section.OptionalText("value", "") : section.RequiredText("value")) is not { } text)
        {
            return "";
        }

        if (Encoding.UTF8.GetByteCount(text.Value) > HeaderRule.MaxValueBytes || text.Value.Any(char.IsControl))
        {
            section.Error(text, $"must be one line of at most {HeaderRule.MaxValueBytes} bytes without control characters");
            return "";
        }

        return text.Value;
    }

    private static Regex? ReadPattern(SectionReader section)
    {
        if (section.RequiredText("pattern") is not { } text)
        {
            return null;
        }

        if (text.Value.Length > HeaderRule.MaxValueBytes)
        {
            section.Error(text, $"has more than {HeaderRule.MaxValueBytes} characters");
            return null;
        }

        try
        {
            return HeaderRule.CreatePattern(text.Value);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            section.Error(text, $"not a usable regular expression (back references and look-around are not possible): {e.Message}");
            return null;
        }
    }
}
