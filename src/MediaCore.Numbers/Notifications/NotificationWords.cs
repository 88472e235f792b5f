namespace MediaCore.Numbers.Notifications;

/// <summary>The words of notifications in a language.</summary>
/// <param name="Voicemail">A message was left.</param>
/// <param name="Transcript">Its transcript.</param>
/// <param name="Call">A call that was told of.</param>
/// <param name="From">Who called.</param>
/// <param name="To">The number that was called.</param>
/// <param name="Time">When.</param>
/// <param name="Length">How long.</param>
/// <param name="Unknown">A caller who shows no number.</param>
/// <param name="Confidence">How sure the recogniser is.</param>
/// <param name="Listen">Where it can be heard.</param>
/// <param name="TooLarge">The sound is not attached.</param>
internal sealed record NotificationWords(string Voicemail, string Transcript, string Call, string From, string To, string Time, string Length, string Unknown, string Confidence, string Listen, string TooLarge)
{
    private static readonly NotificationWords s_english = new("Voicemail from {0}", "Transcript: voicemail from {0}", "Call from {0}", "From", "To", "Time", "Length", "unknown number", "made by a machine, which is {0} % sure of it", "Listen", "The sound is too large to be attached.");

    private static readonly Dictionary<string, NotificationWords> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["de"] = new("Sprachnachricht von {0}", "Abschrift: Sprachnachricht von {0}", "Anruf von {0}", "Von", "An", "Zeit", "Länge", "unbekannter Nummer", "von einer Maschine, die sich zu {0} % sicher ist", "Anhören", "Der Ton ist zu groß für einen Anhang."),
        ["fr"] = new("Message vocal de {0}", "Transcription : message vocal de {0}", "Appel de {0}", "De", "À", "Heure", "Durée", "numéro inconnu", "faite par une machine, sûre à {0} %", "Écouter", "Le son est trop grand pour être joint."),
        ["es"] = new("Mensaje de voz de {0}", "Transcripción: mensaje de voz de {0}", "Llamada de {0}", "De", "Para", "Hora", "Duración", "número desconocido", "hecha por una máquina, segura al {0} %", "Escuchar", "El sonido es demasiado grande para adjuntarlo."),
    };

    /// <summary>Those of a language (RFC 5646), English for one that has none.</summary>
    public static NotificationWords Of(string language) => s_words.GetValueOrDefault(language.Split('-')[0], s_english);
}
