using System.Diagnostics;
using System.Globalization;
using MediaCore.Audio.Detection;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;

namespace MediaCore.Benchmarks;

/// <summary>How often people and answering machines are told apart, in greetings that espeak-ng speaks, and what looking for things in a line costs. The verdicts are deterministic, the times are not.</summary>
internal static class AnswererQuality
{
    private const int SampleRateHz = 8000;
    private const int Frame = SampleRateHz / 50;

    private static readonly (string Voice, string[] Person, string[] Machine)[] s_greetings =
    [
        ("en-us", ["Hello?", "Yes, hello?", "This is Robert.", "Miller residence, good evening."], ["Hi, you have reached the Miller family. We can't come to the phone right now, so please leave a message after the tone.", "The person you are calling is not available. Please leave your message after the beep."]),
        ("en-gb", ["Hello?", "Hello, Susan speaking.", "Good morning."], ["Hello, this is Susan. I am out at the moment, but leave your name and number and I shall call you back.", "Welcome to the voice mail of, zero two zero, seven nine four six. Please speak after the tone."]),
        ("de", ["Hallo?", "Schmidt.", "Ja, bitte?", "Schmidt, guten Tag."], ["Guten Tag, hier ist der Anschluss von Familie Schmidt. Wir sind gerade nicht da. Bitte sprechen Sie nach dem Signalton.", "Der Teilnehmer ist zur Zeit nicht erreichbar. Bitte hinterlassen Sie eine Nachricht."]),
        ("fr-fr", ["Allô?", "Oui, allô?", "Bonjour, Martin à l'appareil."], ["Bonjour, vous êtes bien chez Martin. Je suis absent pour le moment, laissez un message après le bip sonore.", "Votre correspondant n'est pas disponible. Merci de laisser un message."]),
        ("es", ["¿Diga?", "¿Sí, dígame?", "Hola, buenos días."], ["Hola, ha llamado a la familia García. Ahora no podemos atenderle, deje su mensaje después de la señal.", "El número al que llama no está disponible en este momento."]),
        ("it", ["Pronto?", "Sì, pronto?", "Pronto, chi parla?"], ["Salve, avete chiamato la famiglia Rossi. In questo momento non siamo in casa, lasciate un messaggio dopo il segnale acustico.", "La persona chiamata non è al momento raggiungibile."]),
        ("nl", ["Hallo?", "Met Jansen.", "Goedemorgen, met Jansen."], ["Hallo, dit is het antwoordapparaat van Jansen. Ik ben er even niet, spreek uw boodschap in na de pieptoon.", "De persoon die u belt is niet bereikbaar. Laat een bericht achter."]),
        ("sv", ["Hallå?", "Hej, det är Anna.", "Ja, det är Anna."], ["Hej, du har kommit till Anna. Jag kan inte svara just nu, men lämna ett meddelande efter tonen.", "Personen du söker kan inte svara. Lämna ett meddelande efter pipet."]),
    ];

    private const int QuietDbov = -76;

    private static readonly (string Name, AnsweringMachineOptions Options, int NoiseDbov)[] s_options =
    [
        ("the defaults", AnsweringMachineOptions.Default, QuietDbov),
        ("the defaults, line noise −60 dBov", AnsweringMachineOptions.Default, -60),
        ("the defaults, line noise −50 dBov", AnsweringMachineOptions.Default, -50),
        ("the defaults, line noise −45 dBov", AnsweringMachineOptions.Default, -45),
        ("the defaults, line noise −40 dBov", AnsweringMachineOptions.Default, -40),
        ("maxPersonGreeting 1500", AnsweringMachineOptions.Default with { MaxPersonGreeting = 1500 }, QuietDbov),
        ("maxPersonGreeting 1900", AnsweringMachineOptions.Default with { MaxPersonGreeting = 1900 }, QuietDbov),
        ("maxPersonGreeting 2700", AnsweringMachineOptions.Default with { MaxPersonGreeting = 2700 }, QuietDbov),
        ("silenceAfterGreeting 600", AnsweringMachineOptions.Default with { SilenceAfterGreeting = 600 }, QuietDbov),
        ("silenceAfterGreeting 1200", AnsweringMachineOptions.Default with { SilenceAfterGreeting = 1200 }, QuietDbov),
        ("maxPersonWords 3", AnsweringMachineOptions.Default with { MaxPersonWords = 3 }, QuietDbov),
        ("maxPersonWords 8", AnsweringMachineOptions.Default with { MaxPersonWords = 8 }, QuietDbov),
    ];

    /// <summary>Speaks, and writes the tables; throws where espeak-ng fails.</summary>
    internal static int Run(TextWriter output)
    {
        List<short[]> people = [];
        List<short[]> machines = [];
        foreach ((string voice, string[] person, string[] machine) in s_greetings)
        {
            foreach (string variant in (string[])["", "+f2", "+m3"])
            {
                foreach (int wordsPerMinute in (int[])[140, 175, 200])
                {
                    people.AddRange(person.Select(text => Line(Speak(voice + variant, wordsPerMinute, text), beeps: false)));
                    machines.AddRange(machine.Select(text => Line(Speak(voice + variant, wordsPerMinute, text), beeps: true)));
                }
            }
        }

        output.WriteLine("| options | people | as machines | unsure | machines | as people | unsure | beep found | ms to a person | ms to a machine |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach ((string name, AnsweringMachineOptions options, int noiseDbov) in s_options)
        {
            List<AnsweringMachineDetector> ofPeople = [.. people.Select(sound => Listen(AddNoise(sound, noiseDbov), options))];
            List<AnsweringMachineDetector> ofMachines = [.. machines.Select(sound => Listen(AddNoise(sound, noiseDbov), options))];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {people.Count} | {Share(ofPeople, AnswererVerdict.Machine):F1} % | {Share(ofPeople, AnswererVerdict.Unsure):F1} % | {machines.Count} | {Share(ofMachines, AnswererVerdict.Person):F1} % | {Share(ofMachines, AnswererVerdict.Unsure):F1} % | {100.0 * ofMachines.Count(static d => d.HasBeeped) / machines.Count:F1} % | {ofPeople.Average(static d => d.DecidedAfter):F0} | {ofMachines.Average(static d => d.DecidedAfter):F0} |"));
        }

        short[] speech = [.. machines.SelectMany(static sound => sound)];
        TalkDetector talk = new();
        ToneDetector tones = new("us");
        AnsweringMachineDetector answerer = new(AnsweringMachineOptions.Default);
        output.WriteLine();
        output.WriteLine("| 20 ms of sound | us |");
        output.WriteLine("|---|---|");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| talk | {Microseconds(speech, frame => talk.Process(frame, SampleRateHz)):F2} |"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| tones | {Microseconds(speech, frame => tones.Process(frame)):F2} |"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| amd | {Microseconds(speech, frame => answerer.Process(frame)):F2} |"));
        return 0;
    }

    private delegate void FrameAction(ReadOnlySpan<short> frame);

    private static double Share(List<AnsweringMachineDetector> detectors, AnswererVerdict verdict) => 100.0 * detectors.Count(d => d.Verdict == verdict) / detectors.Count;

    private static AnsweringMachineDetector Listen(short[] sound, AnsweringMachineOptions options)
    {
        AnsweringMachineDetector detector = new(options);
        for (int at = 0; at + Frame <= sound.Length; at += Frame)
        {
            detector.Process(sound.AsSpan(at, Frame));
        }

        return detector;
    }

    // The best of five, for what else the machine does only adds.
    private static double Microseconds(short[] sound, FrameAction process)
    {
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int at = 0; at + Frame <= sound.Length; at += Frame)
            {
                process(sound.AsSpan(at, Frame));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / (sound.Length / Frame));
        }

        return best;
    }

    // 0.6 s of the line alone, what is said, 2.5 s of waiting or a beep and the quiet of the recording.
    private static short[] Line(short[] said, bool beeps)
    {
        short[] beep = new short[beeps ? SampleRateHz * 2 / 5 : 0];
        new ToneGenerator(new Tone(new ToneSegment(0, 1000))).Generate(beep);
        return [.. new short[SampleRateHz * 6 / 10], .. said, .. new short[beeps ? SampleRateHz / 2 : 0], .. beep, .. new short[SampleRateHz * 5 / 2]];
    }

    private static short[] AddNoise(short[] sound, int noiseDbov)
    {
        // Even noise between ±a has a level of a/√3.
        int peak = (int)(32768 * Math.Sqrt(3) * Math.Pow(10, noiseDbov / 20.0));
        Random random = new(7);
        return [.. sound.Select(sample => (short)Math.Clamp(sample + random.Next(-peak, peak + 1), short.MinValue, short.MaxValue))];
    }

    private static short[] Speak(string voice, int wordsPerMinute, string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            using Process espeak = Process.Start(new ProcessStartInfo("espeak-ng", ["-v", voice, "-s", wordsPerMinute.ToString(CultureInfo.InvariantCulture), "-a", "60", "-w", file, text]))!;
            espeak.WaitForExit();
            if (!WaveFile.TryRead(File.ReadAllBytes(file), out WaveFile? wave, out WaveError error))
            {
                throw new InvalidOperationException($"espeak-ng -v {voice}: {error}");
            }

            return Resampler.TryCreate(wave.SampleRateHz, SampleRateHz, out Resampler? resampler) ? resampler.Convert(wave.Samples) : throw new InvalidOperationException($"{wave.SampleRateHz} Hz");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
