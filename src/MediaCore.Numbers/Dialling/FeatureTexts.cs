namespace MediaCore.Numbers.Dialling;

/// <summary>What is said to whoever has dialled a code.</summary>
internal enum FeatureText
{
    /// <summary>He is not rung any more.</summary>
    DoNotDisturbOn,

    /// <summary>He is rung again.</summary>
    DoNotDisturbOff,

    /// <summary>His calls are forwarded.</summary>
    ForwardOn,

    /// <summary>They are not any more.</summary>
    ForwardOff,

    /// <summary>What was dialled behind the code is no number.</summary>
    NoNumber,

    /// <summary>It could not be done.</summary>
    Failed,
}

/// <summary>The words; English for languages that are not here.</summary>
internal static class FeatureTexts
{
    /// <summary>A text in a language.</summary>
    public static string Of(FeatureText text, string language) => (text, language.Split('-', 2)[0]) switch
    {
        (FeatureText.DoNotDisturbOn, "de") => "Ihr Telefon klingelt nicht mehr.",
        (FeatureText.DoNotDisturbOff, "de") => "Ihr Telefon klingelt wieder.",
        (FeatureText.ForwardOn, "de") => "Ihre Anrufe werden weitergeleitet.",
        (FeatureText.ForwardOff, "de") => "Ihre Anrufe werden nicht mehr weitergeleitet.",
        (FeatureText.NoNumber, "de") => "Wählen Sie Stern sieben zwei und dann die Nummer mit der Landesvorwahl.",
        (FeatureText.Failed, "de") => "Das geht gerade nicht. Bitte versuchen Sie es später.",
        (FeatureText.DoNotDisturbOn, "es") => "Su teléfono ya no sonará.",
        (FeatureText.DoNotDisturbOff, "es") => "Su teléfono vuelve a sonar.",
        (FeatureText.ForwardOn, "es") => "Sus llamadas se desvían.",
        (FeatureText.ForwardOff, "es") => "Sus llamadas ya no se desvían.",
        (FeatureText.NoNumber, "es") => "Marque asterisco siete dos y el número con el prefijo del país.",
        (FeatureText.Failed, "es") => "No es posible ahora. Inténtelo más tarde.",
        (FeatureText.DoNotDisturbOn, "fr") => "Votre téléphone ne sonnera plus.",
        (FeatureText.DoNotDisturbOff, "fr") => "Votre téléphone sonne de nouveau.",
        (FeatureText.ForwardOn, "fr") => "Vos appels sont renvoyés.",
        (FeatureText.ForwardOff, "fr") => "Vos appels ne sont plus renvoyés.",
        (FeatureText.NoNumber, "fr") => "Composez étoile sept deux, puis le numéro avec l'indicatif du pays.",
        (FeatureText.Failed, "fr") => "C'est impossible maintenant. Réessayez plus tard.",
        (FeatureText.DoNotDisturbOn, "it") => "Il suo telefono non squillerà più.",
        (FeatureText.DoNotDisturbOff, "it") => "Il suo telefono squilla di nuovo.",
        (FeatureText.ForwardOn, "it") => "Le sue chiamate sono deviate.",
        (FeatureText.ForwardOff, "it") => "Le sue chiamate non sono più deviate.",
        (FeatureText.NoNumber, "it") => "Componga asterisco sette due e il numero con il prefisso del paese.",
        (FeatureText.Failed, "it") => "Ora non è possibile. Riprovi più tardi.",
        (FeatureText.DoNotDisturbOn, _) => "Your phone does not ring any more.",
        (FeatureText.DoNotDisturbOff, _) => "Your phone rings again.",
        (FeatureText.ForwardOn, _) => "Your calls are forwarded.",
        (FeatureText.ForwardOff, _) => "Your calls are not forwarded any more.",
        (FeatureText.NoNumber, _) => "Dial star seven two, and then the number with its country code.",
        _ => "This cannot be done now. Please try again later.",
    };
}
