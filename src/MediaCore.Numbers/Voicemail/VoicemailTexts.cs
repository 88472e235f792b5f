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

    /// <summary>What a caller may do with the message that he has ended by a key.</summary>
    public static string Review(string language) => Primary(language) switch
    {
        "de" => "Nachricht behalten: 1. Anhören: 2. Noch einmal aufnehmen: 3. Als dringend kennzeichnen: 4.",
        "es" => "Para guardar el mensaje pulse 1. Para escucharlo, 2. Para grabarlo de nuevo, 3. Para marcarlo como urgente, 4.",
        "fr" => "Pour garder le message : 1. L'écouter : 2. Le réenregistrer : 3. Le signaler comme urgent : 4.",
        "it" => "Per tenere il messaggio: 1. Ascoltarlo: 2. Registrarlo di nuovo: 3. Segnalarlo come urgente: 4.",
        _ => "To keep your message press 1. To listen to it, 2. To record it again, 3. To mark it urgent, 4.",
    };

    /// <summary>It was marked.</summary>
    public static string Urgent(string language) => Primary(language) switch
    {
        "de" => "Als dringend gekennzeichnet.",
        "es" => "Marcado como urgente.",
        "fr" => "Signalé comme urgent.",
        "it" => "Segnalato come urgente.",
        _ => "Marked urgent.",
    };

    /// <summary>It is in the box.</summary>
    public static string Kept(string language) => Primary(language) switch
    {
        "de" => "Ihre Nachricht ist aufgenommen. Auf Wiederhören.",
        "es" => "Su mensaje está guardado. Adiós.",
        "fr" => "Votre message est enregistré. Au revoir.",
        "it" => "Il messaggio è registrato. Arrivederci.",
        _ => "Your message is kept. Goodbye.",
    };

    private static string Primary(string language) => language.Split('-', 2)[0];
}
