using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace MediaCore.Benchmarks;

/// <summary>
/// Runs benchmarks by name again and again on one thread, in rounds that take turns, and prints the processor time of one run: something for a profiler to hold on
/// to, and figures from a machine that others use too, where the lowest of many short rounds says more than a mean.
/// </summary>
internal static class Repeat
{
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs every benchmark method whose <c>Class.Method</c> contains the text, this many seconds in all.</summary>
    /// <param name="filter">Part of the name.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="path">A file for the same as JSON, or null.</param>
    public static int Run(string filter, double seconds, TextWriter output, string? path = null)
    {
        List<Subject> subjects = [.. Find(filter)];
        if (subjects.Count == 0)
        {
            output.WriteLine("No benchmark has this name: " + filter);
            return 2;
        }

        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            foreach (Subject subject in subjects)
            {
                subject.RunRound();
            }
        }

        List<Figure> figures = [.. subjects.Select(static subject => subject.Report())];
        output.WriteLine($"{"benchmark",-64} {"lowest ns",12} {"median ns",12} {"rounds",8}");
        foreach (Figure figure in figures)
        {
            output.WriteLine($"{figure.Name,-64} {Text(figure.LowestNanoseconds),12} {Text(figure.MedianNanoseconds),12} {figure.Rounds,8}");
        }

        if (path is not null)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(figures, s_json) + "\n");
        }

        return 0;
    }

    private static string Text(double nanoseconds) => nanoseconds.ToString("0.#", CultureInfo.InvariantCulture);

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // A benchmark with a source of parameters is one for each of them; those with fixed parameters are left to BenchmarkDotNet, since their setups take long.
    private static IEnumerable<Subject> Find(string filter) =>
        from type in typeof(Repeat).Assembly.GetTypes()
        let methods = type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null
            && (type.Name + "." + method.Name).Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray()
        where methods.Length > 0 && !type.IsAbstract && type.GetProperties().All(property => property.GetCustomAttribute<ParamsAttribute>() is null)
        let parameter = type.GetProperties().SingleOrDefault(property => property.GetCustomAttribute<ParamsSourceAttribute>() is not null)
        from method in methods.OrderBy(method => method.Name, StringComparer.Ordinal)
        from value in parameter is null ? [null] : ValuesOf(type, parameter)
        orderby type.Name
        select new Subject(type, method, parameter, value);

    private static IEnumerable<object?> ValuesOf(Type type, PropertyInfo parameter) =>
        ((IEnumerable)type.GetProperty(parameter.GetCustomAttribute<ParamsSourceAttribute>()!.Name, BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!).Cast<object?>();

    private sealed record Figure(string Name, double LowestNanoseconds, double MedianNanoseconds, int Rounds);

    private sealed class Subject
    {
        private const int CallsBetweenLooks = 64;

        private readonly string _name;
        private readonly Action _once;
        private readonly int _operations;
        private readonly List<double> _rounds = [];

        public Subject(Type type, MethodInfo method, PropertyInfo? parameter, object? value)
        {
            _name = type.Name + "." + method.Name + (parameter is null ? "" : $" ({value})");
            _operations = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
            object instance = Activator.CreateInstance(type)!;
            parameter?.SetValue(instance, value);
            foreach (MethodInfo setup in type.GetMethods().Where(candidate => candidate.GetCustomAttribute<GlobalSetupAttribute>() is not null))
            {
                setup.Invoke(instance, null);
            }

            _once = Bind(instance, method);
        }

        /// <summary>One round: as many runs as fit, and what one of them took of this process' processor time.</summary>
        public void RunRound()
        {
            long runs = 0;
            TimeSpan before = Cpu();
            Stopwatch clock = Stopwatch.StartNew();
            while (clock.Elapsed < s_round)
            {
                for (int i = 0; i < CallsBetweenLooks; i++)
                {
                    _once();
                }

                runs += CallsBetweenLooks;
            }

            _rounds.Add((Cpu() - before).TotalNanoseconds / runs / _operations);
        }

        public Figure Report()
        {
            _rounds.Sort();
            return new Figure(_name, Math.Round(_rounds[0], 1), Math.Round(_rounds[_rounds.Count / 2], 1), _rounds.Count);
        }

        private static TimeSpan Cpu()
        {
            using Process process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }

        // A typed delegate, so that the call costs what a call costs.
        private static Action Bind(object instance, MethodInfo method)
        {
            if (method.ReturnType == typeof(void))
            {
                return method.CreateDelegate<Action>(instance);
            }

            MethodInfo wrap = typeof(Subject).GetMethod(nameof(Wrap), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(method.ReturnType);
            return (Action)wrap.Invoke(null, [instance, method])!;
        }

        private static Action Wrap<T>(object instance, MethodInfo method)
        {
            Func<T> run = method.CreateDelegate<Func<T>>(instance);
            return () => run();
        }
    }
}
