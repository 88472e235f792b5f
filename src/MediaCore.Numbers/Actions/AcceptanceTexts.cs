namespace MediaCore.Numbers.Actions;

/// <summary>What is said to who is to accept a forwarded call, where the document has no words for it.</summary>
internal static class AcceptanceTexts
{
    /// <summary>The words in a language; English where there are none.</summary>
    public static string In(string language) => language.Split('-', 2)[0] switch
    {
        "de" => "Sie haben einen Anruf. Drücken Sie die Eins, um ihn anzunehmen.",
        "es" => "Tiene una llamada. Pulse uno para aceptarla.",
        "fr" => "Vous avez un appel. Appuyez sur un pour l'accepter.",
        "it" => "Ha una chiamata. Prema uno per accettarla.",
        _ => "You have a call. Press one to accept it.",
    };
}
