using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using Enum = System.Enum;
using Type = System.Type;

namespace MediaCore.Control.Tests;

/// <summary>Both directions are whole: nothing of the interface has no place in the engine, nothing of the engine's is lost on the way out.</summary>
public class MappingTests
{
    private static IEnumerable<FieldDescriptor> Verbs => V1.Command.Descriptor.Oneofs[0].Fields;

    [Fact]
    public void EveryVerb_IsACommandOfTheEngine_AndEveryCommandHasAVerb()
    {
        HashSet<Type> reached = [];
        foreach (FieldDescriptor verb in Verbs)
        {
            IMessage request = verb.MessageType.Parser.ParseFrom(ByteString.Empty);
            V1.Target target = new() { CommandId = "c-1", CallId = "CALL", LegId = "CALL-1", ClientState = "note", Epoch = 5 };
            verb.MessageType.FindFieldByName("target").Accessor.SetValue(request, target);
            V1.Command message = new();
            verb.Accessor.SetValue(message, request);

            CallCommand? command = CommandMapping.Read(message, "ivr-1", new Problems());
            Assert.NotNull(command);
            Assert.Equal(("c-1", "CALL", "CALL-1", "note", 5L), (command.CommandId, command.CallId, command.LegId, command.ClientState, command.Epoch));
            Assert.Equal(verb.MessageType.Name.Replace("Request", "Command", StringComparison.Ordinal), command.GetType().Name);
            reached.Add(command.GetType());
        }

        Assert.Equal(typeof(CallCommand).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(CallCommand))).ToHashSet(), reached);
    }

    [Fact]
    public void EveryVerb_HasAUnaryCall_ThatIsServed()
    {
        ServiceDescriptor service = V1.CallControl.Descriptor;
        foreach (FieldDescriptor verb in Verbs)
        {
            MethodDescriptor method = Assert.Single(service.Methods, m => m.InputType == verb.MessageType);
            Assert.Equal("CommandReply", method.OutputType.Name);
            Assert.NotNull(typeof(Services.CallControlService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly));
        }
    }

    [Fact]
    public void EveryEvent_HasItsKind_AndItsBit()
    {
        HashSet<V1.Event.KindOneofCase> reached = [];
        foreach (Type type in typeof(CallEvent).Assembly.GetTypes().Where(static t => t.IsAssignableTo(typeof(CallEvent)) && !t.IsAbstract))
        {
            CallEvent callEvent = Make(type);
            V1.Event told = EventMapping.ToEvent(callEvent, "token");
            Assert.True(told.KindCase != V1.Event.KindOneofCase.None, type.Name);
            Assert.Equal(1UL << (int)told.KindCase, EventKinds.Of(callEvent));
            Assert.Equal(("CALL", 3L, "CALL-0", "token"), (told.CallId, told.Sequence, told.LegId, told.ResumeToken));
            if (callEvent is CommandEnded && type != typeof(CommandEnded))
            {
                Assert.True(told.CommandEnded.ResultCase != V1.CommandEnded.ResultOneofCase.None, type.Name);
            }

            reached.Add(told.KindCase);
        }

        // What is no call's, or no event of the engine's.
        reached.UnionWith([V1.Event.KindOneofCase.None, V1.Event.KindOneofCase.Snapshot, V1.Event.KindOneofCase.SnapshotEnded, V1.Event.KindOneofCase.Overrun, V1.Event.KindOneofCase.RegistrationsTold]);
        reached.UnionWith([V1.Event.KindOneofCase.RegistrationChanged, V1.Event.KindOneofCase.TrunkChanged]);
        Assert.Equal(Enum.GetValues<V1.Event.KindOneofCase>().ToHashSet(), reached);
    }

    [Fact]
    public void EveryValueOfTheEngine_IsToldAsOneOfItsOwn()
    {
        // One that means "nothing yet" is told as unspecified.
        foreach (MethodInfo method in EnumMethods().Where(static m => m.GetParameters().Length == 1))
        {
            Type from = method.GetParameters()[0].ParameterType;
            object[] told = [.. Enum.GetValues(from).Cast<object>().Select(value => method.Invoke(null, [value])!)];
            Assert.True(told.Distinct().Count() == told.Length, $"{method.Name} tells two values of {from.Name} as one.");
            int unspecified = told.Count(static value => Convert.ToInt32(value) == 0);
            bool hasNothing = Enum.GetNames(from)[0] is "None" or "Undecided" or "Accepted";
            Assert.True(unspecified == (hasNothing && method.ReturnType != typeof(V1.CommandReply.Types.Status) ? 1 : 0), $"{method.Name} of {from.Name}: {string.Join(", ", told)}");
        }
    }

    [Fact]
    public void EveryValueOfTheInterface_IsKnown_AndOthersAreProblems()
    {
        foreach (MethodInfo method in EnumMethods().Where(static m => m.GetParameters().Length == 2))
        {
            Type from = method.GetParameters()[0].ParameterType;
            foreach (object value in Enum.GetValues(from))
            {
                Problems problems = new();
                method.Invoke(null, [value, problems]);
                Assert.True(problems.First is null || value.ToString() == "Unspecified", $"{method.Name}({value}): {problems.First}");
            }

            Problems unknown = new();
            method.Invoke(null, [Enum.ToObject(from, 99), unknown]);
            Assert.NotNull(unknown.First);
        }
    }

    [Theory]
    [InlineData(0, 1, 0.0000001)]
    [InlineData(10, 0, 10)]
    public void Duration_IsRead(long seconds, int hundredNanos, double expectedSeconds)
    {
        Problems problems = new();
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), DurationMapping.Read(new Duration { Seconds = seconds, Nanos = hundredNanos * 100 }, TimeSpan.Zero, "x", problems));
        Assert.Null(problems.First);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, int.MinValue)]
    public void Duration_ThatIsNone_IsAProblem(long seconds, int nanos)
    {
        Problems problems = new();
        DurationMapping.Read(new Duration { Seconds = seconds, Nanos = nanos }, TimeSpan.Zero, "ring_time", problems);
        Assert.Contains("ring_time", problems.First, StringComparison.Ordinal);
    }

    public static TheoryData<V1.Media> UnusableMedia =>
    [
        new V1.Media(),
        new V1.Media { CountryTone = new V1.CountryTone() },
        new V1.Media { Tone = new V1.Tone() },
        new V1.Media { Tone = new V1.Tone { Segments = { new V1.Tone.Types.Segment { FrequenciesHz = { 1, 2, 3, 4 } } } } },
        new V1.Media { Tone = new V1.Tone { Segments = { new V1.Tone.Types.Segment { FrequenciesHz = { double.NaN } } } } },
        new V1.Media { Tone = new V1.Tone { Segments = { new V1.Tone.Types.Segment { FrequenciesHz = { 1e9 } } } } },
        new V1.Media { Tone = new V1.Tone { Segments = { new V1.Tone.Types.Segment(), new V1.Tone.Types.Segment() } } },
        new V1.Media { Tone = new V1.Tone { Segments = { new V1.Tone.Types.Segment { Duration = new Duration { Seconds = 100_000_000 } } } } },
        new V1.Media { Tone = new V1.Tone { Segments = { Enumerable.Repeat(new V1.Tone.Types.Segment { Duration = new Duration { Seconds = 1 } }, 17) } } },
        new V1.Media { Silence = new Duration { Seconds = -1 } },
    ];

    [Theory]
    [MemberData(nameof(UnusableMedia))]
    public void Media_ThatCannotBePlayed_IsAProblem_AndNothingThrows(V1.Media media)
    {
        Problems problems = new();
        MediaMapping.Read(media, "media", problems);
        Assert.NotNull(problems.First);
    }

    private static IEnumerable<MethodInfo> EnumMethods() =>
        typeof(EnumMapping).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static CallEvent Make(Type type)
    {
        CallEvent made = (CallEvent)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (PropertyInfo property in type.GetProperties().Where(static p => p.CanWrite))
        {
            object? value = property.Name switch
            {
                nameof(CallEvent.CallId) => "CALL",
                nameof(CallEvent.LegId) => "CALL-0",
                nameof(CallEvent.Sequence) => 3L,
                _ when property.PropertyType == typeof(string) => "text",
                _ when property.PropertyType == typeof(CallRecord) => new CallRecord { CallId = "CALL" },
                _ when property.PropertyType == typeof(RecordingInfo) => new RecordingInfo { File = "a.wav" },
                _ when property.PropertyType == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
                _ when property.PropertyType.IsAssignableFrom(typeof(KeyValuePair<string, string>[])) => Array.Empty<KeyValuePair<string, string>>(),
                _ => property.GetValue(made),
            };
            property.SetValue(made, value);
        }

        return made;
    }
}
