using System.Collections.Frozen;

namespace MediaCore.Numbers.Messaging;

/// <summary>What a received text asks for.</summary>
public enum MessageWord : byte
{
    /// <summary>Nothing in particular: a text like others.</summary>
    None,

    /// <summary>No more messages.</summary>
    Stop,

    /// <summary>Messages again.</summary>
    Start,

    /// <summary>Who this is.</summary>
    Help,
}

/// <summary>The words that stop and start messages (CTIA Messaging Principles §5.1.3, and what other languages use). A text asks for it when it is the word and nothing else.</summary>
public static class MessageWords
{
    private static readonly FrozenDictionary<string, MessageWord> s_words = new Dictionary<string, MessageWord>(StringComparer.OrdinalIgnoreCase)
    {
        ["STOP"] = MessageWord.Stop,
        ["STOPALL"] = MessageWord.Stop,
        ["STOP ALL"] = MessageWord.Stop,
        ["UNSUBSCRIBE"] = MessageWord.Stop,
        ["CANCEL"] = MessageWord.Stop,
        ["END"] = MessageWord.Stop,
        ["QUIT"] = MessageWord.Stop,
        ["OPTOUT"] = MessageWord.Stop,
        ["REVOKE"] = MessageWord.Stop,
        ["STOPP"] = MessageWord.Stop,
        ["ABMELDEN"] = MessageWord.Stop,
        ["ARRET"] = MessageWord.Stop,
        ["ARRÊT"] = MessageWord.Stop,
        ["ALTO"] = MessageWord.Stop,
        ["BAJA"] = MessageWord.Stop,
        ["PARAR"] = MessageWord.Stop,
        ["SAIR"] = MessageWord.Stop,
        ["FERMA"] = MessageWord.Stop,
        ["СТОП"] = MessageWord.Stop,
        ["START"] = MessageWord.Start,
        ["UNSTOP"] = MessageWord.Start,
        ["SUBSCRIBE"] = MessageWord.Start,
        ["ANMELDEN"] = MessageWord.Start,
        ["ALTA"] = MessageWord.Start,
        ["СТАРТ"] = MessageWord.Start,
        ["HELP"] = MessageWord.Help,
        ["INFO"] = MessageWord.Help,
        ["HILFE"] = MessageWord.Help,
        ["AIDE"] = MessageWord.Help,
        ["AYUDA"] = MessageWord.Help,
        ["AJUDA"] = MessageWord.Help,
        ["AIUTO"] = MessageWord.Help,
        ["ПОМОЩЬ"] = MessageWord.Help,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a text asks for.</summary>
    public static MessageWord Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return s_words.GetValueOrDefault(text.Trim());
    }

    /// <summary>The answer to STOP and START in a language, RFC 5646; English where there is no other.</summary>
    public static string GetReply(MessageWord word, string language, string number)
    {
        ArgumentNullException.ThrowIfNull(language);
        bool stops = word == MessageWord.Stop;
        return language.Split('-')[0].ToLowerInvariant() switch
        {
            "de" => stops ? $"Sie erhalten keine Nachrichten mehr von {number}. Antworten Sie START, um wieder welche zu erhalten." : $"Sie erhalten wieder Nachrichten von {number}. Antworten Sie STOP, um keine mehr zu erhalten.",
            "fr" => stops ? $"Vous ne recevrez plus de messages de {number}. Répondez START pour en recevoir à nouveau." : $"Vous recevrez à nouveau des messages de {number}. Répondez STOP pour ne plus en recevoir.",
            "es" => stops ? $"Ya no recibirá mensajes de {number}. Responda START para recibirlos de nuevo." : $"Recibirá de nuevo mensajes de {number}. Responda STOP para no recibir más.",
            _ => stops ? $"You will get no more messages from {number}. Reply START to get them again." : $"You will get messages from {number} again. Reply STOP to get no more.",
        };
    }
}
