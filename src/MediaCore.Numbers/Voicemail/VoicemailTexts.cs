using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What callers hear of a box that has no greeting, or no room; English for languages that are not here.</summary>
internal static class VoicemailTexts
{
    /// <summary>The greeting for a reason.</summary>
    public static string Greeting(GreetingReason reason, string language) => (reason, Primary(language)) switch
    {
        (GreetingReason.Busy, "de") => "Hier wird gerade gesprochen. Bitte hinterlassen Sie nach dem Ton eine Nachricht.",
        (GreetingReason.Closed, "de") => "Wir haben gerade geschlossen. Bitte hinterlassen Sie nach dem Ton eine Nachricht.",
        (_, "de") => "Ihr Anruf kann gerade nicht angenommen werden. Bitte hinterlassen Sie nach dem Ton eine Nachricht.",
        (GreetingReason.Busy, "es") => "La línea está ocupada. Deje su mensaje después de la señal.",
        (GreetingReason.Closed, "es") => "Ahora está cerrado. Deje su mensaje después de la señal.",
        (_, "es") => "Ahora no podemos atender su llamada. Deje su mensaje después de la señal.",
        (GreetingReason.Busy, "fr") => "La ligne est occupée. Veuillez laisser un message après le signal.",
        (GreetingReason.Closed, "fr") => "Nous sommes fermés. Veuillez laisser un message après le signal.",
        (_, "fr") => "Personne ne peut vous répondre. Veuillez laisser un message après le signal.",
        (GreetingReason.Busy, "it") => "La linea è occupata. Lasci un messaggio dopo il segnale.",
        (GreetingReason.Closed, "it") => "Al momento siamo chiusi. Lasci un messaggio dopo il segnale.",
        (_, "it") => "Al momento nessuno può rispondere. Lasci un messaggio dopo il segnale.",
        (GreetingReason.Busy, _) => "The line is busy. Please leave a message after the tone.",
        (GreetingReason.Closed, _) => "We are closed now. Please leave a message after the tone.",
        _ => "Nobody can take your call now. Please leave a message after the tone.",
    };

    /// <summary>The box takes no more messages.</summary>
    public static string Full(string language) => Primary(language) switch
    {
        "de" => "Es können gerade keine Nachrichten aufgenommen werden. Bitte rufen Sie später noch einmal an.",
        "es" => "El buzón está lleno. Llame más tarde.",
        "fr" => "La boîte vocale est pleine. Veuillez rappeler plus tard.",
        "it" => "La casella è piena. Richiami più tardi.",
        _ => "The mailbox is full. Please call again later.",
    };

    private static string Primary(string language) => language.Split('-', 2)[0];
}
