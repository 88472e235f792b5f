using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MediaCore.Engine.Control.Commands;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Lookups;

namespace MediaCore.Numbers.Menus;

/// <summary>Variables, and what web servers say of them.</summary>
internal sealed partial class MenuActivity
{
    private Dictionary<string, string>? _secrets;
    private string _filler = "";
    private int _lookup;

    /// <summary>A variable's value; null for none.</summary>
    private string? GetValue(string name) => GetValues(withSecrets: true).GetValueOrDefault(name);

    /// <summary>The call's variables and what is known of it; secret digits for those alone who may have them.</summary>
    private Dictionary<string, string> GetValues(bool withSecrets)
    {
        var values = new Dictionary<string, string>(Call.Variables, StringComparer.Ordinal)
        {
            ["call.id"] = Call.Facts.CallId,
            ["call.caller"] = Call.Facts.Caller,
            ["call.number"] = Call.Facts.Number,
            ["call.language"] = Call.Language,
        };
        foreach ((string name, string value) in withSecrets && _secrets is not null ? _secrets : [])
        {
            values[name] = value;
        }

        return values;
    }

    private void Keep(string name, string value)
    {
        if (!Call.SetVariable(name, value.Length > MenuLimits.MaxValueCharacters ? value[..MenuLimits.MaxValueCharacters] : value))
        {
            Trace($"{_node!.Name}: there is no room for the variable {name}");
        }
    }

    private MenuExit? Look(LookupNode node)
    {
        if (Call.Services.Lookups is not { } web)
        {
            Trace($"{node.Name}: look-ups are not to be had here");
            return node.Failed;
        }

        Dictionary<string, string> values = GetValues(withSecrets: true);
        string address = PromptMedia.Fill(node.Url, values.ToDictionary(static one => one.Key, static one => Uri.EscapeDataString(one.Value), StringComparer.Ordinal));
        if (address.Length > MenuLimits.MaxUrlCharacters || !Uri.TryCreate(address, UriKind.Absolute, out Uri? url))
        {
            Trace($"{node.Name}: with its variables the address is none, or longer than {MenuLimits.MaxUrlCharacters}");
            return node.Failed;
        }

        var question = new WebQuestion(
            url,
            node.IsPost ? FillBody(node.Body, values) : null,
            node.Headers.ToDictionary(static header => header.Key, header => Plain(PromptMedia.Fill(header.Value, values)), StringComparer.OrdinalIgnoreCase),
            node.Time);
        int turn = ++_lookup;
        _phase = Phase.Looking;
        _command = "";
        SetTimer(LookupTimer, node.Time);
        if (node.Filler.Count > 0)
        {
            SetTimer(FillerTimer, MenuLimits.FillerDelay);
        }

        Ask(
            cancellation => web.AskAsync(question, cancellation),
            answer =>
            {
                if (_phase == Phase.Looking && turn == _lookup)
                {
                    TakeAnswer(answer.IsGiven ? answer.Value : new WebAnswer(0, null, answer.Fault?.Message ?? "it failed"));
                }
            });
        return null;
    }

    private void TakeLookupTimer(string name)
    {
        var node = (LookupNode)_node!;
        if (name == LookupTimer)
        {
            TakeAnswer(new WebAnswer(0, null, "no answer in time"));
        }
        else if (Find(node.Filler) is { Count: > 0 } media)
        {
            _filler = Send(new PlayCommand { CommandId = "", Media = media, Rounds = 0 });
        }
    }

    private void TakeAnswer(WebAnswer answer)
    {
        var node = (LookupNode)_node!;
        CancelTimer(LookupTimer);
        CancelTimer(FillerTimer);
        if (_filler.Length > 0)
        {
            Send(new StopPlaybackCommand { CommandId = "", Playback = _filler });
            _filler = "";
        }

        if (!answer.IsGood)
        {
            Trace($"{node.Name}: {answer.Problem}");
            Go(node.Failed);
            return;
        }

        Trace($"{node.Name}: {answer.Status}");
        foreach ((string variable, string path) in node.Result)
        {
            if (answer.Body is { } body && JsonValuePath.Find(body, path) is { } value)
            {
                Keep(variable, value);
            }
        }

        Go(node.Next);
    }

    private static string FillBody(JsonElement? body, Dictionary<string, string> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (body is { } given)
            {
                WriteFilled(writer, given, values);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteFilled(Utf8JsonWriter writer, JsonElement element, Dictionary<string, string> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    WriteFilled(writer, member.Value, values);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    WriteFilled(writer, item, values);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(PromptMedia.Fill(element.GetString()!, values));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <summary>A header's value is one line.</summary>
    private static string Plain(string value) => new([.. value.Where(static c => !char.IsControl(c))]);
}
