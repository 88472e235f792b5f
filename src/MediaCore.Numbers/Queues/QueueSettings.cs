using System.Text.Json;
using System.Text.Json.Serialization;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues;

/// <summary>Reads the rules of a queue: the columns of its row and the document beside them (<see cref="CallQueue.Settings"/>).</summary>
public static class QueueSettings
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new PromptChoiceConverter() },
    };

    /// <summary>The rules of a queue of a call's configuration; those that were stored are well-formed.</summary>
    public static QueueRules Of(TenantConfiguration configuration, CallQueue queue)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Parsed(queue, static row => Read((CallQueue)row));
    }

    /// <summary>The rules of a row; what is wrong in it is left at its default, which a row that was checked before it was stored has no need of.</summary>
    public static QueueRules Read(CallQueue queue)
    {
        Parse(queue, out QueueRules rules);
        return rules;
    }

    /// <summary>Reads a queue and says all that is wrong with it.</summary>
    /// <param name="queue">The row.</param>
    /// <param name="rules">The rules, with defaults in place of what is wrong.</param>
    public static IReadOnlyList<DocumentError> Parse(CallQueue queue, out QueueRules rules)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var problems = new List<DocumentError>();
        Document? document = null;
        try
        {
            document = JsonSerializer.Deserialize<Document>(queue.Settings, Options);
        }
        catch (JsonException e)
        {
            problems.Add(new DocumentError(e.Path ?? "$", Explain(e.Message)));
        }

        rules = new Reader(problems).Read(queue, document ?? new Document());
        return problems;
    }

    /// <summary>What is wrong, without the names of our types.</summary>
    private static string Explain(string message)
        => message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "This is of another type than belongs here (GET /v1/schemas)." : message.Split(" Path:", 2)[0];

    /// <summary>The document as it is written; times in whole seconds.</summary>
    private sealed record Document
    {
        [JsonPropertyName("$schema")]
        public string? Schema { get; init; }

        public string? Schedule { get; init; }

        public ClosingPolicy Closing { get; init; }

        public string Skills { get; init; } = "";

        public IReadOnlyList<RelaxDocument> Relax { get; init; } = [];

        public int TierWaitSeconds { get; init; }

        public int ProgressSeconds { get; init; } = 10;

        public EmptyPolicy JoinEmpty { get; init; }

        public EmptyPolicy LeaveEmpty { get; init; }

        public int MaxExpectedSeconds { get; init; }

        public double MaxPerAgent { get; init; }

        public DelayDocument Delays { get; init; } = new();

        public int ShortAbandonSeconds { get; init; } = 5;

        public PromptChoice? Music { get; init; }

        public AnnouncementDocument Announce { get; init; } = new();

        public PromptChoice? Whisper { get; init; }

        public string? CallerNumber { get; init; }

        public bool Record { get; init; }

        public string? ExitKey { get; init; }

        public CallbackDocument? Callback { get; init; }

        public IReadOnlyList<OverflowDocument> Overflow { get; init; } = [];
    }

    private sealed record RelaxDocument
    {
        public int AfterSeconds { get; init; }

        public string Skills { get; init; } = "";

        public bool KeepCallSkills { get; init; } = true;
    }

    private sealed record DelayDocument
    {
        public int NoAnswerSeconds { get; init; } = 10;

        public int BusySeconds { get; init; } = 60;

        public int RejectedSeconds { get; init; } = 10;

        public int FailedSeconds { get; init; } = 10;
    }

    private sealed record AnnouncementDocument
    {
        public PromptChoice? Welcome { get; init; }

        public bool Position { get; init; }

        public int MaxPosition { get; init; } = 10;

        public bool Wait { get; init; }

        public int MaxWaitSeconds { get; init; } = 1_800;

        public int EverySeconds { get; init; } = 90;

        public int MinGapSeconds { get; init; } = 15;

        public IReadOnlyList<PromptChoice> Prompts { get; init; } = [];
    }

    private sealed record CallbackDocument
    {
        public string Key { get; init; } = "1";

        public int OfferAboveSeconds { get; init; } = 120;

        public CallbackMode Mode { get; init; }

        public string? Trunk { get; init; }

        public string? Number { get; init; }

        public int Attempts { get; init; } = 2;

        public int BetweenSeconds { get; init; } = 300;

        public int RingSeconds { get; init; } = 30;

        public int ExpiresSeconds { get; init; } = 28_800;
    }

    private sealed record OverflowDocument
    {
        public int AfterSeconds { get; init; }

        public int Waiting { get; init; }

        public int ExpectedSeconds { get; init; }

        public EmptyPolicy Empty { get; init; }

        public bool Relax { get; init; }

        public bool OpenTier { get; init; }

        public string? Queue { get; init; }

        public IReadOnlyList<JsonElement> Then { get; init; } = [];
    }

    private sealed class Reader(List<DocumentError> problems)
    {
        public QueueRules Read(CallQueue queue, Document document) => new()
        {
            Id = queue.Id,
            Name = queue.Name,
            Strategy = ReadStrategy(queue.Strategy),
            MaxEntries = Number("$maxEntries", queue.MaxEntries, 1, QueueLimits.MaxEntries, 100),
            MaxWait = Seconds("$maxWaitSeconds", queue.MaxWaitSeconds, 0),
            RingTime = Seconds("$ringSeconds", queue.RingSeconds, 3, 15, 600),
            WrapUp = Seconds("$wrapUpSeconds", queue.WrapUpSeconds, 0),
            ServiceLevel = Seconds("$serviceLevelSeconds", queue.ServiceLevelSeconds, 1, 20),
            Priority = Number("$priority", queue.Priority, -100, 100, 0),
            Schedule = document.Schedule,
            Closing = document.Closing,
            Skills = Skills("$.skills", document.Skills),
            Relax = ReadRelax(document.Relax),
            TierWait = Seconds("$.tierWaitSeconds", document.TierWaitSeconds, 0),
            ProgressEvery = Seconds("$.progressSeconds", document.ProgressSeconds, 1, 10),
            JoinEmpty = document.JoinEmpty,
            LeaveEmpty = document.LeaveEmpty,
            MaxExpected = Seconds("$.maxExpectedSeconds", document.MaxExpectedSeconds, 0),
            MaxPerAgent = document.MaxPerAgent is >= 0 and <= 1_000 ? document.MaxPerAgent : Refuse("$.maxPerAgent", "is 0 (no bound) to 1000", 0d),
            DelayNoAnswer = Seconds("$.delays.noAnswerSeconds", document.Delays.NoAnswerSeconds, 0, 10),
            DelayBusy = Seconds("$.delays.busySeconds", document.Delays.BusySeconds, 0, 60),
            DelayRejected = Seconds("$.delays.rejectedSeconds", document.Delays.RejectedSeconds, 0, 10),
            DelayFailed = Seconds("$.delays.failedSeconds", document.Delays.FailedSeconds, 0, 10),
            ShortAbandon = Seconds("$.shortAbandonSeconds", document.ShortAbandonSeconds, 0, 5),
            Music = document.Music,
            Announcements = ReadAnnouncements(document.Announce),
            Whisper = document.Whisper,
            CallerNumber = document.CallerNumber,
            Record = document.Record,
            ExitKey = document.ExitKey is null ? null : Key("$.exitKey", document.ExitKey, '\0') is var exit and not '\0' ? exit : null,
            Callback = ReadCallback(document),
            Overflow = ReadOverflow(queue, document),
        };

        private QueueStrategy ReadStrategy(string text)
        {
            foreach (QueueStrategy strategy in Enum.GetValues<QueueStrategy>())
            {
                if (JsonNamingPolicy.KebabCaseLower.ConvertName(strategy.ToString()) == text)
                {
                    return strategy;
                }
            }

            string known = string.Join(", ", Enum.GetNames<QueueStrategy>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName));
            return Refuse("$strategy", $"is one of {known}", QueueStrategy.LongestIdle);
        }

        private List<RelaxStep> ReadRelax(IReadOnlyList<RelaxDocument> steps)
        {
            var read = new List<RelaxStep>();
            Bound("$.relax", steps.Count);
            foreach ((int i, RelaxDocument step) in steps.Take(QueueLimits.MaxSteps).Index())
            {
                TimeSpan after = Seconds($"$.relax[{i}].afterSeconds", step.AfterSeconds, 0);
                if (read.Count > 0 && after < read[^1].After)
                {
                    problems.Add(new DocumentError($"$.relax[{i}].afterSeconds", "comes before the step above it: put the steps into the order of their times."));
                }

                read.Add(new RelaxStep(after, Skills($"$.relax[{i}].skills", step.Skills), step.KeepCallSkills));
            }

            return read;
        }

        private AnnouncementRules ReadAnnouncements(AnnouncementDocument announce)
        {
            Bound("$.announce.prompts", announce.Prompts.Count);
            return new AnnouncementRules
            {
                Welcome = announce.Welcome,
                Position = announce.Position,
                MaxPosition = Number("$.announce.maxPosition", announce.MaxPosition, 1, QueueLimits.MaxEntries, 10),
                Wait = announce.Wait,
                MaxWait = Seconds("$.announce.maxWaitSeconds", announce.MaxWaitSeconds, 60, 1_800),
                Every = Seconds("$.announce.everySeconds", announce.EverySeconds, 5, 90),
                MinGap = Seconds("$.announce.minGapSeconds", announce.MinGapSeconds, 0, 15),
                Prompts = [.. announce.Prompts.Take(QueueLimits.MaxSteps)],
            };
        }

        private CallbackRules? ReadCallback(Document document)
        {
            if (document.Callback is not { } callback)
            {
                return null;
            }

            if (callback.Key == document.ExitKey)
            {
                problems.Add(new DocumentError("$.callback.key", "is the exit key, too: choose another."));
            }

            return new CallbackRules
            {
                Key = Key("$.callback.key", callback.Key, '1'),
                OfferAbove = Seconds("$.callback.offerAboveSeconds", callback.OfferAboveSeconds, 0),
                Mode = callback.Mode,
                Trunk = callback.Trunk,
                Number = callback.Number,
                Attempts = Number("$.callback.attempts", callback.Attempts, 1, 3, 2),
                Between = Seconds("$.callback.betweenSeconds", callback.BetweenSeconds, 1, 300),
                RingTime = Seconds("$.callback.ringSeconds", callback.RingSeconds, 3, 30, 600),
                Expires = Seconds("$.callback.expiresSeconds", callback.ExpiresSeconds, 60, 28_800, 7 * QueueLimits.MaxSeconds),
            };
        }

        private List<OverflowStep> ReadOverflow(CallQueue queue, Document document)
        {
            var read = new List<OverflowStep>();
            Bound("$.overflow", document.Overflow.Count);
            foreach ((int i, OverflowDocument step) in document.Overflow.Take(QueueLimits.MaxSteps).Index())
            {
                string path = $"$.overflow[{i}]";
                int does = (step.Relax ? 1 : 0) + (step.OpenTier ? 1 : 0) + (step.Queue is null ? 0 : 1) + (step.Then.Count > 0 ? 1 : 0);
                if (does != 1)
                {
                    problems.Add(new DocumentError(path, "does exactly one thing: \"relax\", \"openTier\", \"queue\" or \"then\"."));
                }

                if (string.Equals(step.Queue, queue.Name, StringComparison.OrdinalIgnoreCase))
                {
                    problems.Add(new DocumentError(path + ".queue", "is this queue itself: name another."));
                }

                if (step.Relax && document.Relax.Count == 0)
                {
                    problems.Add(new DocumentError(path + ".relax", "has no step to go to: say in \"relax\" what is asked then."));
                }

                Bound(path + ".then", step.Then.Count);
                read.Add(new OverflowStep
                {
                    After = Seconds(path + ".afterSeconds", step.AfterSeconds, 0),
                    Waiting = Number(path + ".waiting", step.Waiting, 0, QueueLimits.MaxEntries, 0),
                    Expected = Seconds(path + ".expectedSeconds", step.ExpectedSeconds, 0),
                    Empty = step.Empty,
                    Relax = step.Relax,
                    OpenTier = step.OpenTier,
                    Queue = step.Queue,
                    Then = ReadActions(path + ".then", step.Then),
                });
            }

            return read;
        }

        // As a plan's: with all that is wrong with them.
        private IReadOnlyList<CallAction> ReadActions(string path, IReadOnlyList<JsonElement> actions)
        {
            var errors = new DocumentErrors();
            IReadOnlyList<CallAction> read = ActionReader.ReadAll([.. actions.Take(QueueLimits.MaxSteps).Select((action, i) => (action, DocumentErrors.Join(path, i)))], errors);
            problems.AddRange(errors.All);
            return read;
        }

        private SkillExpression Skills(string path, string text)
        {
            if (SkillExpression.TryParse(text, out SkillExpression? expression, out string problem))
            {
                return expression;
            }

            problems.Add(new DocumentError(path, problem));
            return SkillExpression.None;
        }

        private char Key(string path, string text, char otherwise)
            => text is [var key] && (char.IsAsciiDigit(key) || key is '*' or '#') ? key : Refuse(path, "is one key: 0 to 9, * or #", otherwise);

        private void Bound(string path, int count)
        {
            if (count > QueueLimits.MaxSteps)
            {
                problems.Add(new DocumentError(path, $"has {count} items; there may be {QueueLimits.MaxSteps}."));
            }
        }

        private TimeSpan Seconds(string path, int value, int min, int otherwise = 0, int max = QueueLimits.MaxSeconds)
            => TimeSpan.FromSeconds(Number(path, value, min, max, otherwise));

        private int Number(string path, int value, int min, int max, int otherwise) => value >= min && value <= max ? value : Refuse(path, $"is {min} to {max}, not {value}", otherwise);

        private T Refuse<T>(string path, string text, T otherwise)
        {
            problems.Add(new DocumentError(path, $"{text}."));
            return otherwise;
        }
    }

    /// <summary>A string stands for a text.</summary>
    private sealed class PromptChoiceConverter : JsonConverter<PromptChoice>
    {
        private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

        public override PromptChoice? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType switch
            {
                JsonTokenType.String => new PromptChoice { Text = reader.GetString() },
                JsonTokenType.StartObject => JsonSerializer.Deserialize<PromptChoice>(ref reader, Plain),
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, PromptChoice value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, Plain);
    }
}
