namespace MediaCore.Numbers.Queues;

/// <summary>What waiting callers are told, where it is not a prompt of the queue's own.</summary>
internal static class QueueTexts
{
    public static string Position(string language, int position) => Primary(language) switch
    {
        "de" => position == 1 ? "Sie sind der Nächste." : $"Sie sind an Position {position}.",
        "es" => position == 1 ? "Usted es el siguiente." : $"Su posición es la número {position}.",
        "fr" => position == 1 ? "Vous êtes le prochain." : $"Vous êtes en position {position}.",
        "it" => position == 1 ? "Lei è il prossimo." : $"La sua posizione è la numero {position}.",
        _ => position == 1 ? "You are next." : $"You are number {position} in the queue.",
    };

    public static string Wait(string language, int minutes) => Primary(language) switch
    {
        "de" => minutes < 0 ? "Zurzeit rufen mehr Menschen an als sonst." : minutes == 1 ? "Die Wartezeit beträgt etwa eine Minute." : $"Die Wartezeit beträgt etwa {minutes} Minuten.",
        "es" => minutes < 0 ? "Estamos recibiendo más llamadas de lo habitual." : minutes == 1 ? "El tiempo de espera es de un minuto aproximadamente." : $"El tiempo de espera es de unos {minutes} minutos.",
        "fr" => minutes < 0 ? "Nous recevons plus d'appels que d'habitude." : minutes == 1 ? "Le temps d'attente est d'environ une minute." : $"Le temps d'attente est d'environ {minutes} minutes.",
        "it" => minutes < 0 ? "Riceviamo più chiamate del solito." : minutes == 1 ? "L'attesa è di circa un minuto." : $"L'attesa è di circa {minutes} minuti.",
        _ => minutes < 0 ? "We have more calls than usual." : minutes == 1 ? "The wait is about one minute." : $"The wait is about {minutes} minutes.",
    };

    public static string CallbackOffer(string language, char key) => Primary(language) switch
    {
        "de" => $"Drücken Sie {key}, um zurückgerufen zu werden. Ihr Platz bleibt erhalten.",
        "es" => $"Pulse {key} para que le devolvamos la llamada. Conservará su lugar.",
        "fr" => $"Appuyez sur {key} pour être rappelé. Vous gardez votre place.",
        "it" => $"Prema {key} per essere richiamato. Manterrà il suo posto.",
        _ => $"Press {key} to be called back. You keep your place.",
    };

    public static string CallbackTaken(string language) => Primary(language) switch
    {
        "de" => "Wir rufen Sie zurück. Auf Wiederhören.",
        "es" => "Le devolveremos la llamada. Adiós.",
        "fr" => "Nous vous rappellerons. Au revoir.",
        "it" => "La richiameremo. Arrivederci.",
        _ => "We will call you back. Goodbye.",
    };

    public static string CallbackForAgent(string language) => Primary(language) switch
    {
        "de" => "Ein Rückruf. Sie werden verbunden.",
        "es" => "Una devolución de llamada. Le comunicamos.",
        "fr" => "Un rappel. Vous allez être mis en relation.",
        "it" => "Una richiamata. La colleghiamo.",
        _ => "A callback. You are being connected.",
    };

    private static string Primary(string language) => language.Split('-', 2)[0];
}
