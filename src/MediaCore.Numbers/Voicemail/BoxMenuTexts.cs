using System.Collections.Frozen;
using System.Globalization;
using MediaCore.Numbers.Actions;
using NodaTime;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What the owner of a box hears, in English, German, Spanish, French and Italian; English for other languages.</summary>
internal static class BoxMenuTexts
{
    private static readonly string[] s_languages = ["en", "de", "es", "fr", "it"];

    private static readonly FrozenDictionary<BoxPhrase, string[]> s_phrases = new Dictionary<BoxPhrase, string[]>
    {
        [BoxPhrase.Number] = ["Please enter your mailbox number, then press hash.", "Bitte geben Sie Ihre Mailboxnummer ein, dann die Raute.", "Marque el número de su buzón y pulse almohadilla.", "Composez le numéro de votre boîte vocale, puis dièse.", "Digiti il numero della sua casella, poi cancelletto."],
        [BoxPhrase.Pin] = ["Please enter your PIN, then press hash.", "Bitte geben Sie Ihre PIN ein, dann die Raute.", "Marque su clave y pulse almohadilla.", "Composez votre code, puis dièse.", "Digiti il suo codice, poi cancelletto."],
        [BoxPhrase.Wrong] = ["That is not right.", "Das stimmt nicht.", "No es correcto.", "Ce n'est pas exact.", "Non è corretto."],
        [BoxPhrase.Locked] = ["This mailbox is locked for a while. Please try again later.", "Diese Mailbox ist vorübergehend gesperrt. Bitte versuchen Sie es später noch einmal.", "Este buzón está bloqueado por un tiempo. Inténtelo más tarde.", "Cette boîte vocale est bloquée pour un moment. Réessayez plus tard.", "Questa casella è bloccata per un po'. Riprovi più tardi."],
        [BoxPhrase.NoPin] = ["No PIN is set for this mailbox yet. Please ask your administrator for one.", "Für diese Mailbox ist noch keine PIN gesetzt. Bitte wenden Sie sich an Ihre Verwaltung.", "Este buzón aún no tiene clave. Pídala a su administrador.", "Cette boîte vocale n'a pas encore de code. Demandez-le à votre administrateur.", "Questa casella non ha ancora un codice. Lo chieda al suo amministratore."],
        [BoxPhrase.Counts] = ["New messages: {0}. Saved messages: {1}.", "Neue Nachrichten: {0}. Gespeicherte Nachrichten: {1}.", "Mensajes nuevos: {0}. Mensajes guardados: {1}.", "Nouveaux messages : {0}. Messages conservés : {1}.", "Messaggi nuovi: {0}. Messaggi salvati: {1}."],
        [BoxPhrase.Urgent] = ["Urgent: {0}.", "Dringend: {0}.", "Urgentes: {0}.", "Urgents : {0}.", "Urgenti: {0}."],
        [BoxPhrase.Main] = ["For new messages press 1. For saved messages, 2. For your settings, 0. To end, hash.", "Für neue Nachrichten drücken Sie die 1, für gespeicherte die 2, für Ihre Einstellungen die 0, zum Beenden die Raute.", "Para mensajes nuevos pulse 1, guardados 2, ajustes 0, para terminar almohadilla.", "Nouveaux messages : 1. Messages conservés : 2. Réglages : 0. Pour terminer : dièse.", "Messaggi nuovi: 1. Salvati: 2. Impostazioni: 0. Per terminare: cancelletto."],
        [BoxPhrase.None] = ["There are no messages here.", "Hier sind keine Nachrichten.", "No hay mensajes.", "Il n'y a pas de messages.", "Non ci sono messaggi."],
        [BoxPhrase.NoMore] = ["There are no more messages.", "Keine weiteren Nachrichten.", "No hay más mensajes.", "Plus de messages.", "Non ci sono altri messaggi."],
        [BoxPhrase.Message] = ["Message {0}, {1}, from {2}.", "Nachricht {0}, {1}, von {2}.", "Mensaje {0}, {1}, de {2}.", "Message {0}, {1}, de {2}.", "Messaggio {0}, {1}, da {2}."],
        [BoxPhrase.UrgentMessage] = ["Urgent.", "Dringend.", "Urgente.", "Urgent.", "Urgente."],
        [BoxPhrase.Unknown] = ["an unknown caller", "unbekannt", "un desconocido", "un inconnu", "uno sconosciuto"],
        [BoxPhrase.Keys] = ["To call back press 3. Previous, 4. Repeat, 5. Next, 6. Delete or bring back, 7. Forward, 8. Save, 9. Main menu, hash.", "Zurückrufen: 3. Vorige: 4. Noch einmal: 5. Nächste: 6. Löschen oder zurückholen: 7. Weiterleiten: 8. Speichern: 9. Hauptmenü: Raute.", "Devolver la llamada: 3. Anterior: 4. Repetir: 5. Siguiente: 6. Borrar o recuperar: 7. Reenviar: 8. Guardar: 9. Menú: almohadilla.", "Rappeler : 3. Précédent : 4. Réécouter : 5. Suivant : 6. Effacer ou récupérer : 7. Transférer : 8. Conserver : 9. Menu : dièse.", "Richiamare: 3. Precedente: 4. Ripetere: 5. Successivo: 6. Cancellare o recuperare: 7. Inoltrare: 8. Salvare: 9. Menu: cancelletto."],
        [BoxPhrase.Deleted] = ["Deleted.", "Gelöscht.", "Borrado.", "Effacé.", "Cancellato."],
        [BoxPhrase.Restored] = ["Restored.", "Zurückgeholt.", "Recuperado.", "Récupéré.", "Recuperato."],
        [BoxPhrase.Saved] = ["Saved.", "Gespeichert.", "Guardado.", "Conservé.", "Salvato."],
        [BoxPhrase.NotReached] = ["The caller cannot be reached.", "Der Anrufer ist nicht zu erreichen.", "No se puede localizar a quien llamó.", "L'appelant n'est pas joignable.", "Il chiamante non è raggiungibile."],
        [BoxPhrase.ForwardTo] = ["Enter the mailbox that gets the message, then hash.", "Geben Sie die Mailbox ein, die die Nachricht bekommt, dann die Raute.", "Marque el buzón que recibirá el mensaje y pulse almohadilla.", "Composez la boîte vocale destinataire, puis dièse.", "Digiti la casella che riceve il messaggio, poi cancelletto."],
        [BoxPhrase.ForwardHow] = ["To record a comment first press 1. To send as it is, 2. To cancel, star.", "Mit einem Kommentar davor: 1. So wie sie ist: 2. Abbrechen: Stern.", "Con un comentario delante: 1. Tal cual: 2. Cancelar: asterisco.", "Avec un commentaire : 1. Tel quel : 2. Annuler : étoile.", "Con un commento: 1. Così com'è: 2. Annullare: asterisco."],
        [BoxPhrase.Sent] = ["Sent.", "Weitergeleitet.", "Enviado.", "Envoyé.", "Inviato."],
        [BoxPhrase.NotSent] = ["That mailbox takes no message now.", "Diese Mailbox nimmt gerade keine Nachricht auf.", "Ese buzón no admite mensajes ahora.", "Cette boîte vocale ne prend pas de message.", "Quella casella non accetta messaggi ora."],
        [BoxPhrase.Options] = ["Greetings: unavailable, 1. Busy, 2. Your name, 3. Temporary, 4. Closed, 6. To change your PIN, 5. Main menu, star.", "Ansagen: nicht erreichbar 1, besetzt 2, Ihr Name 3, vorübergehend 4, geschlossen 6. PIN ändern: 5. Hauptmenü: Stern.", "Saludos: no disponible 1, ocupado 2, su nombre 3, temporal 4, cerrado 6. Cambiar la clave: 5. Menú: asterisco.", "Annonces : indisponible 1, occupé 2, votre nom 3, temporaire 4, fermé 6. Changer le code : 5. Menu : étoile.", "Annunci: non disponibile 1, occupato 2, il suo nome 3, temporaneo 4, chiuso 6. Cambiare il codice: 5. Menu: asterisco."],
        [BoxPhrase.Greeting] = ["To record press 1. To erase the one that is there, 2. To go back, star.", "Aufnehmen: 1. Die vorhandene löschen: 2. Zurück: Stern.", "Grabar: 1. Borrar el actual: 2. Volver: asterisco.", "Enregistrer : 1. Effacer : 2. Retour : étoile.", "Registrare: 1. Cancellare: 2. Indietro: asterisco."],
        [BoxPhrase.Record] = ["Speak after the tone, then press any key.", "Sprechen Sie nach dem Ton, dann drücken Sie eine Taste.", "Hable después de la señal y pulse una tecla.", "Parlez après le signal, puis appuyez sur une touche.", "Parli dopo il segnale, poi prema un tasto."],
        [BoxPhrase.Review] = ["To keep it press 1. To listen, 2. To record again, 3. To cancel, star.", "Behalten: 1. Anhören: 2. Noch einmal aufnehmen: 3. Abbrechen: Stern.", "Conservar: 1. Escuchar: 2. Grabar de nuevo: 3. Cancelar: asterisco.", "Garder : 1. Écouter : 2. Réenregistrer : 3. Annuler : étoile.", "Tenere: 1. Ascoltare: 2. Registrare di nuovo: 3. Annullare: asterisco."],
        [BoxPhrase.NewPin] = ["Enter the new PIN, then hash.", "Geben Sie die neue PIN ein, dann die Raute.", "Marque la nueva clave y pulse almohadilla.", "Composez le nouveau code, puis dièse.", "Digiti il nuovo codice, poi cancelletto."],
        [BoxPhrase.NewPinAgain] = ["Enter it once more, then hash.", "Noch einmal, dann die Raute.", "Otra vez, y almohadilla.", "Encore une fois, puis dièse.", "Ancora una volta, poi cancelletto."],
        [BoxPhrase.BadPin] = ["That PIN is too short or too simple.", "Diese PIN ist zu kurz oder zu einfach.", "Esa clave es demasiado corta o simple.", "Ce code est trop court ou trop simple.", "Quel codice è troppo corto o semplice."],
        [BoxPhrase.Different] = ["The two are not the same.", "Die beiden sind nicht gleich.", "No coinciden.", "Les deux ne sont pas identiques.", "I due non coincidono."],
        [BoxPhrase.Trouble] = ["That does not work at the moment.", "Das geht gerade nicht.", "No es posible en este momento.", "Ce n'est pas possible pour le moment.", "Al momento non è possibile."],
        [BoxPhrase.Today] = ["today at {0}", "heute um {0}", "hoy a {0}", "aujourd'hui à {0}", "oggi, {0}"],
        [BoxPhrase.Yesterday] = ["yesterday at {0}", "gestern um {0}", "ayer a {0}", "hier à {0}", "ieri, {0}"],
        [BoxPhrase.Day] = ["{1} {2} at {0}", "am {2}. {1} um {0}", "el {2} de {1} a {0}", "le {2} {1} à {0}", "il {2} {1}, {0}"],
        [BoxPhrase.Goodbye] = ["Goodbye.", "Auf Wiederhören.", "Adiós.", "Au revoir.", "Arrivederci."],
    }.ToFrozenDictionary();

    private static readonly string[][] s_months =
    [
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
    ];

    /// <summary>A phrase, with what goes into it.</summary>
    public static string Say(BoxPhrase phrase, string language, params object[] values) => string.Format(CultureInfo.InvariantCulture, s_phrases[phrase][IndexOf(language)], values);

    /// <summary>When a message was left, as people say it: today, yesterday, or the day; by the tenant's clock.</summary>
    public static string When(long atMs, long nowMs, string timeZone, string language)
    {
        DateTimeZone zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        LocalDateTime at = Instant.FromUnixTimeMilliseconds(atMs).InZone(zone).LocalDateTime;
        int days = Period.DaysBetween(at.Date, Instant.FromUnixTimeMilliseconds(nowMs).InZone(zone).Date);
        string time = SpokenText.Time(new TimeOnly(at.Hour, at.Minute), s_languages[IndexOf(language)]);
        return days switch
        {
            0 => Say(BoxPhrase.Today, language, time),
            1 => Say(BoxPhrase.Yesterday, language, time),
            _ => Say(BoxPhrase.Day, language, time, s_months[IndexOf(language)][at.Month - 1], at.Day),
        };
    }

    private static int IndexOf(string language) => Math.Max(0, Array.IndexOf(s_languages, language.Split('-', 2)[0].ToLowerInvariant()));
}
