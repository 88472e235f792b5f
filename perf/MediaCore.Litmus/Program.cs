using System.Globalization;
using MediaCore.Litmus;
using MediaCore.Primitives;

// Races the session table. The controls run first: a race that cannot show a known fault would prove nothing by showing none.
const int Passed = 0;
const int Violation = 1;
const int Usage = 2;
const int Inconclusive = 3;

double seconds = 5;
string only = "all";
for (int i = 0; i < args.Length; i += 2)
{
    bool understood = i + 1 < args.Length && args[i] switch
    {
        "--seconds" => double.TryParse(args[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and <= 3600,
        "--only" => (only = args[i + 1]) is "all" or "real" || Enum.TryParse<Fault>(only, out _),
        _ => false,
    };
    if (!understood)
    {
        Console.Error.WriteLine($"""
            usage: MediaCore.Litmus [--seconds N] [--only all|real|{string.Join('|', Enum.GetNames<Fault>())}]
            Exit codes: 0 clean and all controls caught, 1 violation, 2 usage, 3 inconclusive (a control was not caught).
            """);
        return Usage;
    }
}

TimeSpan duration = TimeSpan.FromSeconds(seconds);
bool caught = true;

// They stop as soon as they are caught, so they may have longer than the real one on a machine that is busy with other things.
foreach (Fault fault in Enum.GetValues<Fault>())
{
    if (only == "all" || only == fault.ToString())
    {
        LitmusResult result = SessionTableLitmus.Of(fault).Run(4 * duration, stopAtViolation: true);
        Console.WriteLine($"control {fault}: {(result.IsClean ? "NOT CAUGHT" : "caught")}; {result}");
        caught &= !result.IsClean;
    }
}

bool clean = true;
if (only is "all" or "real")
{
    clean = Race("SessionTable, interrupted", new RealSessionMap<Interrupted>()) & Race("SessionTable, at full speed", new RealSessionMap<Uninterrupted>());
}

return !clean ? Violation : caught ? Passed : Inconclusive;

bool Race(string name, ISessionMap map)
{
    LitmusResult result = new SessionTableLitmus(map).Run(duration, stopAtViolation: false);
    Console.WriteLine($"{name}: {(result.IsClean ? "clean" : "VIOLATED")}; {result}");
    return result.IsClean;
}
