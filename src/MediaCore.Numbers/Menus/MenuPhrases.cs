namespace MediaCore.Numbers.Menus;

/// <summary>The words of ours that menus need, by language; English where there are none in a language.</summary>
internal static class MenuPhrases
{
    /// <summary>One entry of a list of people.</summary>
    public static string ForNamePress(string language, string name, int key) => language.Split('-', 2)[0] switch
    {
        "de" => $"Für {name} drücken Sie die {key}. ",
        "es" => $"Para {name}, pulse {key}. ",
        "fr" => $"Pour {name}, appuyez sur {key}. ",
        "it" => $"Per {name}, prema {key}. ",
        "nl" => $"Voor {name}, kies {key}. ",
        "pt" => $"Para {name}, marque {key}. ",
        _ => $"For {name}, press {key}. ",
    };
}
