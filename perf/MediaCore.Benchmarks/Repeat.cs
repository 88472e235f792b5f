using System.Diagnostics;
using System.Globalization;
using System.Reflection;
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
    public static int Run(string filter, double seconds, TextWriter output)
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

        output.WriteLine($"{"benchmark",-64} {"lowest ns",12} {"median ns",12} {"rounds",8}");
        foreach (Subject subject in subjects)
        {
            subject.Report(output);
        }

        return 0;
    }

    private static IEnumerable<Subject> Find(string filter) =>
        from type in typeof(Repeat).Assembly.GetTypes()
        let methods = type.GetMethods().Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null
            && (type.Name + "." + method.Name).Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray()
        where methods.Length > 0 && !type.IsAbstract && type.GetProperties().All(property => property.GetCustomAttribute<ParamsAttribute>() is null)
        from method in methods
        orderby type.Name, method.Name
        select new Subject(type, method);

    private sealed class Subject
    {
        private const int CallsBetweenLooks = 64;

        private readonly string _name;
        private readonly Action _once;
        private readonly int _operations;
        private readonly List<double> _rounds = [];

        public Subject(Type type, MethodInfo method)
        {
            _name = type.Name + "." + method.Name;
            _operations = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
            object instance = Activator.CreateInstance(type)!;
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

        public void Report(TextWriter output)
        {
            _rounds.Sort();
            output.WriteLine($"{_name,-64} {Text(_rounds[0]),12} {Text(_rounds[_rounds.Count / 2]),12} {_rounds.Count,8}");
        }

        private static TimeSpan Cpu()
        {
            using Process process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }

        private static string Text(double nanoseconds) => nanoseconds.ToString("0.#", CultureInfo.InvariantCulture);

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
