using System.Text.Json;
using MediaCore.Audio.Detection;

namespace MediaCore.Engine.CallRecords;

/// <summary>A <see cref="LineRecord"/> as member <c>line</c> of a leg: <c>digits</c>, <c>tones</c> and <c>answerer</c>, as far as there are any.</summary>
internal static class LineRecordJson
{
    private const int MaxTones = 64;

    private static readonly string[] s_tones = ["", "dial", "ringback", "busy", "congestion", "special_information", "fax_calling", "fax_answer", "beep"];
    private static readonly string[] s_answerers = ["", "person", "machine", "unsure"];

    public static void Write(Utf8JsonWriter writer, LineRecord line)
    {
        writer.WriteStartObject("line");
        if (line.Digits is { } digits)
        {
            writer.WriteString("digits", digits);
        }

        if (line.Tones.Count > 0)
        {
            writer.WriteStartArray("tones");
            foreach (LineTone tone in line.Tones)
            {
                writer.WriteStringValue(s_tones[(int)tone]);
            }

            writer.WriteEndArray();
        }

        if (line.Answerer != AnswererVerdict.Undecided)
        {
            writer.WriteString("answerer", s_answerers[(int)line.Answerer]);
        }

        writer.WriteEndObject();
    }

    public static LineRecord Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("line is not an object");
        }

        string? digits = null;
        AnswererVerdict answerer = AnswererVerdict.Undecided;
        List<LineTone> tones = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isDigits = reader.ValueTextEquals("digits");
            bool isTones = reader.ValueTextEquals("tones");
            bool isAnswerer = reader.ValueTextEquals("answerer");
            reader.Read();
            if (isDigits)
            {
                digits = reader.GetString();
            }
            else if (isAnswerer)
            {
                answerer = (AnswererVerdict)Math.Max(0, Array.IndexOf(s_answerers, reader.GetString()));
            }
            else if (isTones && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    LineTone tone = (LineTone)Math.Max(0, Array.IndexOf(s_tones, reader.GetString()));
                    if (tones.Count < MaxTones)
                    {
                        tones.Add(tone);
                    }
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return new LineRecord { Digits = digits, Tones = tones, Answerer = answerer };
    }
}
